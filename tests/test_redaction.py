"""What is found in a text and withheld: addresses, numbers, names, mentions and links; and what is not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.redaction import Names, Redaction, identity, markers
from commons_ld.redaction.contacts import (
    addresses,
    numbers,
    spelled_addresses,
)
from tests.hostile import calls

PEOPLE = {
    "Octave JASPIN": "P1",
    "Cyprienne Bessac-Léon": "P2",
    "Mabé Dervaux": "P3",
    "marcel bréal (Brest)": "P4",
    "Anne-Solène": "P5",
    "Octave Lebrun": "P6",
    "Je": "P7",
    "Les Communs": "P8",
    "Guillaume": "P9",
    "Maria del Carmen de la Cruz García López": "P10",
    "Λευτέρης Παπάς": "P11",
}
KEPT = ("Louise Guillot", "Rémy Seillier", "Remix the commons", "Guillaume Tell")
NAMES = Names(PEOPLE.items(), KEPT, unnamed="[nom]", mention="[mention]")
REDACTION = Redaction(markers("fr"), contact="contact@exemple.fr", names=NAMES)


def in_chat(text: str) -> str:
    """Return a text of the chat as it is published."""
    return REDACTION.text(text, chat=True)


@pytest.mark.parametrize(
    "address",
    [
        "nom@exemple.fr",
        "Prenom.NOM+liste@sous.exemple.coop",
        "mailto:nom@exemple.fr",
        "MAILTO:nom@exemple.fr",
        "jérôme@écologie.fr",
        "je\u0301ro\u0302me@exemple.fr",
        "nom＠exemple.fr",
        "nom%40exemple.fr",
        "nom&#64;exemple.fr",
        "n\u200bom@exemple.fr",
        "nom@protonmail",
        "nom@exemple.fr@autre.fr",
        "@nom@mastodon.exemple",
    ],
)
def test_an_address_is_withheld_whole(address: str) -> None:
    """An e-mail address goes with all that hangs on it, and nothing around it does."""
    assert in_chat(f"écrire à {address}, merci.") == "écrire à [adresse retirée], merci."
    assert in_chat(f"({address})") == "([adresse retirée])"


@pytest.mark.parametrize(
    "address",
    [
        "nom [at] exemple [point] fr",
        "nom(at)exemple.fr",
        "nom {arobase} exemple {dot} fr",
        "nom [@] exemple.fr",
        "prenom [point] nom [at] exemple [point] fr",
        "prenom point nom arobase exemple point fr",
        "nom at exemple dot org",
        "nom AT exemple POINT FR",
        "nom @ exemple.fr",
        "nom\u00a0@\u00a0exemple.fr",
        "nom\u202f@exemple.fr",
        "nom@ exemple.fr",
    ],
)
def test_an_address_that_is_spelled_for_people_is_withheld(address: str) -> None:
    """To spell the at and the dot, or to part them by blanks, hides no address from us."""
    assert in_chat(f"contact: {address}, merci.") == "contact: [adresse retirée], merci."


@pytest.mark.parametrize(
    "text",
    [
        "tod@s les ami@s au C@fé",
        "leaflet@1.9.4, logo@2x.png",
        "rendez-vous @ 14h30 ou @14h30, 3@5€",
        "look at the point we made, look at this point in time",
        "it is available at exemple.fr, arrive at dot",
        "un point fr, le point (at)",
        "@tous @everyone",
        "a @ b",
    ],
)
def test_an_at_is_not_always_an_address(text: str) -> None:
    """Inclusive spelling, versions, hours and English prose stay."""
    assert in_chat(text) == text


@pytest.mark.parametrize(
    "number",
    [
        "0612345678",
        "06 12 34 56 78",
        "06\u00a012\u202f34\u00a056 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "06/12/34/56/78",
        "06 - 12 - 34 - 56 - 78",
        "06 12 345 678",
        "0475 12 34 56",
        "(06) 12 34 56 78",
        "0 612 345 678",
        "+33612345678",
        "+33 6 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "(+33) 6.12.34.56.78",
        "0033 6 12 34 56 78",
        "00 33 (0)6 12 34 56 78",
        "+32 475 12 34 56",
        "+1 514-555-0123",
        "(514) 555-0123",
        "514.555.0123",
        "+33 6 12 34 56 7",
        "٠٦١٢٣٤٥٦٧٨",
    ],
)
def test_a_telephone_number_is_withheld(number: str) -> None:
    """French, neighbouring, North American and international numbers go, however they are grouped."""
    assert in_chat(f"appeler le {number}, merci") == "appeler le [numéro retiré], merci"
    assert in_chat(f"tel:{number}") == "tel:[numéro retiré]"


def test_what_follows_a_word_for_telephone_is_a_number() -> None:
    """A number that nothing else would tell is told by the word before it."""
    assert in_chat("Tél. : 612 345 678") == "Tél. : [numéro retiré]"
    assert in_chat("tél. 2021-12-02") == "tél. 2021-12-02"


def test_two_numbers_side_by_side_are_two() -> None:
    """What follows a number is looked at again."""
    assert in_chat("06 12 34 56 78 06 98 76 54 32") == "[numéro retiré] [numéro retiré]"
    assert in_chat("+33 6 12 34 56 78 2021") == "[numéro retiré] 2021"


@pytest.mark.parametrize(
    "text",
    [
        "2021/12/02 2021-12-02 02/12/21 02.12.2021 02.12.21 14.09",
        "14:09 01:00:00 00/25:00 00:25:00",
        "de 1996 à 2022, 2012 2013 2014",
        "ISBN 978-2-1234-5680-3, ISBN 2-1234-5680-2, ISBN 0306406152, 0-306-40615-2",
        "45.76000, 4.83500 +45.760000,+4.835000 45° 45' 36.00\" N, 4° 50' 6.00\" E",
        "1 000 000 000 €, +2 000 000 000 €, 0,5 %",
        "SIRET 012 345 678 00012",
        "112, 3615, base aérienne 112, 1/4 d'heure, 13 entretiens",
        "appel-1638308219 v1.0612345678 code_0612345678",
    ],
)
def test_other_figures_are_no_telephone_numbers(text: str) -> None:
    """Dates, times, durations, years, ISBN, coordinates and money stay."""
    assert in_chat(text) == text


def test_a_configured_contact_stays() -> None:
    """An address, or a number, that is meant to be published is."""
    assert in_chat("mailto:Contact@exemple.fr ou nom@exemple.fr") == "mailto:Contact@exemple.fr ou [adresse retirée]"
    dialled = Redaction(markers("en"), contact="+33 6 12 34 56 78")
    assert dialled.text("+33.6.12.34.56.78, +33.6.12.34.56.79") == "+33.6.12.34.56.78, [number withheld]"


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Octave Jaspin", "P1"),
        ("JASPIN Octave", "P1"),
        ("Jaspin, Octave", "P1"),
        ("octave\u00a0jaspin", "P1"),
        ("OCTAVE\u202fJASPIN", "P1"),
        ("octave.jaspin_octave-jaspin", "P1_P1"),
        ("Octave%20Jaspin", "P1"),
        ("Octave\nJaspin", "P1"),
        ("OctaveJaspin", "P1"),
        ("O. Jaspin", "P1"),
        ("Cyprienne Bessac Leon", "P2"),
        ("BESSAC-LÉON Cyprienne", "P2"),
        ("Mabé Dervaux", "P3"),
        (unicodedata.normalize("NFD", "Mabé Dervaux"), "P3"),
        ("Ma\u200bbé Dervaux", "P3"),
        ("Mab%C3%A9%20Dervaux", "[lien retiré]"),
        ("Marcel Bréal", "P4"),
        ("de Anne-Solène", "de P5"),
        ("anne-solène", "P5"),
        ("d’Octave Jaspin’s", "d’P1’s"),
        ("Maria del Carmen de la Cruz Garcia-Lopez", "P10"),
        ("ΠΑΠΆΣ Λευτέρης", "P11"),
        ("Les Communs", "P8"),
        # Signs that Unicode takes for letters are no part of the word beside them.
        ("Octave Jaspin™", "P1™"),
        ("№Octave Jaspin", "№P1"),
        ("℃OctaveJaspin", "℃P1"),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, published: str) -> None:
    """Order, case, accents and what parts the words do not matter, in any text."""
    assert REDACTION.text(f"avec {text} aussi") == f"avec {published} aussi"


@pytest.mark.parametrize(
    "text",
    [
        "Louise Guillot, Rémy Seillier, Remix the commons",
        "Octave de Serres et Dervaux",
        "les communs sont à nous, je crois",
        "Je crois",
        "Soleil, Brest, a, .",
        "Guillaume Tell et Guillaume",
        "jaspinoise",
    ],
)
def test_other_names_and_common_words_stay(text: str) -> None:
    """Contributors are named; a first name alone, outside the chat, is anybody's; common words are no names."""
    assert REDACTION.text(text) == text


def test_in_the_chat_a_first_or_last_name_alone_is_a_person() -> None:
    """People who talk to each other use half of a name; two who share that half are both withheld."""
    assert in_chat("Mabé, Bréal, Bessac-Léon et Léon") == "P3, P4, P2 et P2"
    assert in_chat("merci Octave !") == "merci [nom] !"
    assert in_chat("García López !") == "P10 !"
    assert in_chat("pas mabé, ni Guillot, ni Louise") == "pas mabé, ni Guillot, ni Louise"


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("@Mabé : oui", "P3 : oui"),
        ("@ Mabé : oui", "P3 : oui"),
        ("＠mabe", "P3"),
        ("@Mabé Dervaux, merci", "P3, merci"),
        ("@Bessac-Léon", "P2"),
        ("@mdervaux", "P3"),
        ("@mabe.dervaux75", "P3"),
        ("@mabe_d", "P3"),
        ("@je", "P7"),
        ("@octave", "[nom]"),
        ("@quelquun", "[mention]"),
        ("@jean.dupont-x.", "[mention]."),
        ("@Louise", "@Louise"),
        ("@remixthecommons et @Remix the commons", "@remixthecommons et @Remix the commons"),
        ("@Guillaume", "[mention]"),
        ("@a@b", "[mention]"),
    ],
)
def test_a_mention_is_of_somebody(text: str, published: str) -> None:
    """A mention of a participant becomes the pseudonym, one of an unknown is withheld, one of a guest stays."""
    assert in_chat(f"merci {text}") == f"merci {published}"


def test_the_author_of_a_message_inside_a_text_is_withheld() -> None:
    """A part of a chat log that was not taken apart gives nobody away."""
    log = "[14:09] Ana Ruiz : oui\n• [14h10] marcel bréal: non\n[14:11:02] Louise Guillot : si"

    assert REDACTION.text(
        log
    ) == "[14:09] [nom retiré] : oui\n• [14h10] P4: non\n[14:11:02] Louise Guillot : si".replace(
        "[nom retiré]", "[nom]"
    )


@pytest.mark.parametrize(
    "link",
    [
        "https://exemple.fr/octave-jaspin",
        "https://exemple.fr/u/OctaveJaspin?x=1",
        "https://exemple.fr/Jaspin%20Octave/",
        "https://exemple.fr/Mab%C3%A9_Dervaux",
        "https://exemple.fr/anne-solène",
        "https://social.exemple/@mabe",
        "https://exemple.fr/~dervaux/",
        "https://exemple.fr/?a=nom@exemple.fr",
        "https://exemple.fr/?a=nom%40exemple.fr",
        "https://nom@exemple.fr/",
        "https://social.exemple/@qui@autre.exemple",
        "https://wa.me/33612345678",
        "www.octavejaspin.fr",
    ],
)
def test_a_link_to_somebody_is_withheld(link: str) -> None:
    """A link that names a participant, or holds an address or a number to dial, goes as a whole."""
    assert REDACTION.link(link) == ""
    assert in_chat(f"voir {link}, merci") == "voir [lien retiré], merci"


@pytest.mark.parametrize(
    "link",
    [
        "https://exemple.fr/ 06 12 34 56 78",
        "https://exemple.fr/salle tél. 06.12.34.56.78",
        "https://exemple.fr/06%2012%2034%2056%2078",
        "https://exemple.fr/salle\u00a0: 0033 6 12 34 56 78",
    ],
)
def test_a_number_behind_a_blank_is_no_part_of_a_link(link: str) -> None:
    """A field for a link that holds one is left empty: it would be published percent-encoded, and can be dialled."""
    assert REDACTION.link(link) == ""
    assert REDACTION.link("https://exemple.fr/Un livret 2021 12 02.pdf") != ""


@pytest.mark.parametrize(
    "link",
    [
        "https://exemple.fr/je-soutiens-lappel-1638308219",
        "https://medium.com/@quelquun/titre",
        "https://exemple.fr/louise-guillot/@louise",
        "https://unpkg.com/leaflet@1.9.4/dist",
        "https://exemple.fr/@45.76,4.83,15z?tel=non",
        "https://exemple.fr/les-communs/0612345678",
        "https://exemple.fr/a_(b)",
    ],
)
def test_other_links_are_not_touched(link: str) -> None:
    """What looks like an address, a name or a number inside a link is a part of the link."""
    assert REDACTION.link(link) == link
    assert in_chat(f"voir {link}, merci") == f"voir {link}, merci"


def test_without_names_nobody_is_called_away() -> None:
    """Where names are published, mentions are too; addresses and numbers are not."""
    text = "@Mabé : écrire à nom@exemple.fr, https://exemple.fr/octave-jaspin"

    assert Redaction(markers("en")).text(text) == text.replace("nom@exemple.fr", "[address withheld]")


def test_one_person_has_one_identity() -> None:
    """Case, order, accents, blanks and what stands beside the name make nobody else; a first name alone might."""
    assert (
        len(
            {
                identity(name)
                for name in ("MICCIARELLI Giuseppe", "giuseppe\u00a0micciarelli", "Giuseppe-Micciarelli (I)")
            }
        )
        == 1
    )
    assert identity("Marie (Lyon)") != identity("Marie (Paris)")
    assert identity("…") != identity("!")


#: Pieces that addresses, numbers, names and what is put in their place are made of.
SHARDS = (
    *"@＠ \u00a0\n.,-_'()[]+06:/~ab",
    *(
        "%40",
        "&#64;",
        "%20",
        "%C3%A9",
        "https://",
        "www.",
        "x.org/",
        "mailto:",
        "tel:",
        "?tel=",
        "00",
        "33",
        "12",
        "514",
    ),
    *(
        "nom",
        "fr",
        "com",
        "point",
        "at",
        "[at]",
        " arobase ",
        "[point]",
        "5551234",
        "Tél ",
        "ISBN",
        "[14:09]",
        "\u200b",
    ),
    *("Octave", "Jaspin", "jaspin", "Anne-Solène", "marie", "Louise", "Guillot", "O.", "Je", "Mabé\u0301", "zoé"),
    *(
        "Participant",
        "·e",
        "Participant·e 3",
        "Participant 2",
        "[adresse retirée]",
        "[nom retiré]",
        "[mention withheld]",
    ),
)


@given(st.lists(st.sampled_from(SHARDS), max_size=14).map("".join), st.booleans())
def test_what_was_redacted_stays_as_it_is(text: str, chat: bool) -> None:
    """Redacting twice is redacting once, whatever the text, and also when the names are known no more."""
    marks = markers("fr")
    people = {name: f"Participant·e {number}" for number, name in enumerate(PEOPLE, start=1)}
    names = Names(people.items(), KEPT, unnamed=marks.unnamed, mention=marks.mention)
    once = Redaction(marks, names=names).text(text, chat=chat)
    nobody = Names((), KEPT, unnamed=marks.unnamed, mention=marks.mention)

    assert Redaction(marks, names=names).text(once, chat=chat) == once
    assert Redaction(marks, names=nobody).text(once, chat=chat) == once


HOSTILE = (
    *("@", "a.", "1", "0 ", "06 ", "+33 ", "a@", "a at ", "[point] ", "a [at] b.c ", "@a", "@a-", "(", "&#0000", "%40"),
    *(
        "%C3%A9",
        "http://",
        "www.",
        "http://a@b ",
        "[14:09] a ",
        "a b ",
        "Octave ",
        "octave-",
        "é",
        "\u0301",
        "mailto:",
        "_",
    ),
)


@pytest.mark.parametrize("shard", HOSTILE)
def test_hostile_text_is_read_in_steps_that_grow_with_it(shard: str) -> None:
    """Four times the text takes about four times as many calls: sixteen times would be the square."""
    long_names = [" ".join("ab"[(n >> bit) & 1] for bit in range(8)) for n in range(1, 200)]
    names = Names(((name, "P") for name in (*PEOPLE, *long_names)), KEPT, unnamed="[nom]", mention="[mention]")
    redaction = Redaction(markers("fr"), names=names)

    def cost(size: int) -> int:
        text = shard * (size // len(shard))
        return calls(lambda: redaction.text(text, chat=True))

    assert cost(16_000) < 5 * cost(4_000) + 2_000


def test_thousands_of_names_are_one_table() -> None:
    """What a text costs does not grow with the number of names: each word is looked up, not each name searched."""
    many = Names(((f"Nom{n} Prénom{n}", "P") for n in range(5000)), (), unnamed="[nom]", mention="[mention]")

    found = list(many.find("Prenom7 NOM7, Nom4999 Prénom4999, Nom7 Prénom8, nom5000 prénom5000"))

    assert found == [(0, 12, "P"), (14, 32, "P")]


@pytest.mark.parametrize("find", [addresses, spelled_addresses, numbers])
@given(text=st.lists(st.sampled_from(SHARDS), max_size=20).map("".join))
def test_what_is_found_stands_in_order(find: object, text: str) -> None:
    """Finders yield places from left to right that never overlap and are never empty."""
    assert callable(find)
    flat = [edge for span in find(text) for edge in span]

    assert flat == sorted(set(flat))
