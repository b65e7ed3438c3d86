"""The one full page at hand, ``shared/seed/21.12-plaidoyer-2022.txt``: every fact of it must arrive.

The page names people, so that it is no part of this repository; without it these tests are skipped.
The numbers were counted by hand on the page.
"""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import msgspec
import pytest

from commons_ld.origin import Origin
from commons_ld.record import Document, Link, MediaRecord, Note
from commons_ld.sources import page_text, wikitext

SEED = Path(__file__).parents[2] / "shared" / "seed" / "21.12-plaidoyer-2022.txt"

pytestmark = pytest.mark.skipif(not SEED.is_file(), reason="the seed page is not beside this repository")

NOTES = 28
REPLIES = 12
AUTHORS = 10
LINKS = 2


@pytest.fixture(scope="module")
def record() -> MediaRecord:
    with SEED.open("rb") as stream:
        [record] = page_text.read(stream, origin=Origin(SEED.name))
    return record


def test_nothing_of_the_page_is_left_over(record: MediaRecord) -> None:
    """Every label and heading of the page is known, and no value is odd."""
    assert (record.unrecognised, record.remarks) == ((), ())


def test_metadata_and_facets_are_those_of_the_page(record: MediaRecord) -> None:
    """Each label fills its field in the page's own words; the page has three of the four facets."""
    assert record.title == "21.12 Plaidoyer 2022"
    assert record.collections == ("Appel en commun",)
    assert record.objets_de_commun == ("Puissance publique",)
    assert record.enjeux == ("Politique des communs",)
    assert record.actions == ()
    assert record.resultats_attendus == ("État partenaire",)
    assert (record.created, record.issued, record.duration) == ("2021/12/02", "2021/12/02", "01:00:00")
    assert (record.languages, record.countries, record.media_type) == (("FR",), ("France",), "Audio")


def test_the_fourth_facet_is_read_where_a_page_has_it() -> None:
    """The same page with an action has all four facets."""
    page = SEED.read_text(encoding="utf-8").replace("Résultat(s)", "Action(s)\u00a0: Plaidoyer,\u00a0 Résultat(s)", 1)

    record = page_text.to_record(page, origin=Origin(SEED.name))

    assert record.enjeux == ("Politique des communs",)
    assert record.actions == ("Plaidoyer",)
    assert record.resultats_attendus == ("État partenaire",)


def test_lead_and_summary_are_whole(record: MediaRecord) -> None:
    """The lead is one paragraph, the summary three, and the bullets of the guests belong to neither."""
    assert record.description.startswith("Louise Guillot, Rémy Seillier et Sébastien Shulz, tous les 3")
    assert record.description.endswith("nous présentent leur initiative.")
    summary = record.abstract.split("\n\n")
    assert [text[:14] for text in summary] == ["Notre démarche", "Pour y répondr", "A travers cet "]
    assert "double constat\u00a0: les" in summary[0]
    assert summary[2].endswith("la souveraineté numérique...")


def test_the_three_guests_have_their_biographies(record: MediaRecord) -> None:
    """'est' joins a name to its biography and is dropped; another verb stays."""
    assert [(guest.name, guest.biography.split(".")[0]) for guest in record.guests] == [
        ("Louise Guillot", "spécialiste de la transformation des administrations"),
        ("Rémy Seillier", "expert en innovation publique"),
        (
            "Sébastien Shulz",
            "a mené une thèse sur la transformation des États à travers les communs numériques",
        ),
    ]
    assert record.guests[0].biography.endswith("Elle est actuellement chargée de mission à la Ville de Marseille.")


def test_documents_links_and_pad_are_there(record: MediaRecord) -> None:
    """Two documents, and two addresses besides the pad's: one before the chat, one in it. An e-mail is none."""
    assert record.documents == (Document("L'appel"), Document("Le livret numérique"))
    assert len(record.links) == LINKS
    assert record.links[0] == Link("https://www.org.meet.coop", "The Online Meeting Co-operative")
    assert record.links[1].url.startswith("https://framaforms.org/je-soutiens-lappel")
    assert record.pad.startswith("https://mypads.framapad.org/mypads/?/mypads/group/appel-en-commun-xv25ef7yn/")
    assert record.notes_heading.startswith("Appel en commun - 02/12/21 https://")


def test_the_chat_is_whole(record: MediaRecord) -> None:
    """28 messages by 10 authors, 12 of them replies, one without a stamp, one empty."""
    notes = record.notes
    assert len(notes) == NOTES
    assert sum(note.reply_to > 0 for note in notes) == REPLIES
    assert len({note.author for note in notes}) == AUTHORS
    assert [number for number, note in enumerate(notes, 1) if not note.time] == [9]
    assert [number for number, note in enumerate(notes, 1) if not note.text] == [1]


def test_replies_answer_the_message_above_them(record: MediaRecord) -> None:
    """Six bullets answer note 10, five note 18, and one note 25."""
    answered = [note.reply_to for note in record.notes if note.reply_to]

    assert [(number, len(list(group))) for number, group in itertools.groupby(answered)] == [(10, 6), (18, 5), (25, 1)]


def test_the_odd_messages_are_kept_as_they_are(record: MediaRecord) -> None:
    """The message without a stamp, the emoticon, the cut one, the organisation's and the three paragraphs."""
    notes = record.notes
    assert notes[8].author == "Sébastien Shulz"
    assert notes[8].text.startswith(f"@{notes[7].author.split()[0]}\u00a0:")
    assert notes[8].text.endswith("FRAMASOFT")
    assert notes[15] == Note(notes[14].author, "14:54", ":)", reply_to=10)
    assert notes[3].text.endswith("NOus la")
    mentioned = notes[17].author.split()[0].lower()
    assert notes[19] == Note("Remix the commons", "14:55", f"@{mentioned} goteo", reply_to=18)
    assert [note.text.count("\n\n") for note in (notes[1], notes[6], notes[24], notes[26])] == [1, 2, 2, 1]
    assert notes[26].text.splitlines()[-1].endswith("@protonmail.com")


def test_every_line_of_the_page_is_accounted_for(record: MediaRecord) -> None:
    """Each word of the page stands in the record, but for headings, labels and what the wiki writes around it."""
    words = set(" ".join(_strings(msgspec.to_builtins(record))).split())
    around = (
        "De Remix Biens Communs Aller à :navigation, rechercher Dans la collection : Objet(s) de commun Enjeu(x) "
        "Résultat(s) attendu(s) Métadonnées Date de création Date de publication Durée Langue du contenu Pays "
        "Fait partie de Média En résumé • est Documents URL mentionnées Notes laissées par les participant·e·s "
        "Pad compagnon de l'appel en commun"
    )
    left = set(SEED.read_text(encoding="utf-8").split()) - words - set(around.split())

    assert {word for word in left if not word.startswith("[")} == set()
    assert len([word for word in left if word.startswith("[")]) == len({note.time for note in record.notes} - {""})


def test_the_same_page_as_wikitext_is_the_same_record(record: MediaRecord) -> None:
    """The template's parameters and the sections in wikitext give what the rendered page gives."""
    page = SEED.read_text(encoding="utf-8")
    headings = (
        "En résumé",
        "Documents",
        "URL mentionnées\u00a0:",
        "Notes laissées par les participant·e·s",
        "Pad compagnon de l'appel en commun",
    )
    sections = page[page.index("\nEn résumé\n") :].replace("  • ", "* ")
    for heading in headings:
        sections = sections.replace(f"\n{heading}\n", f"\n== {heading} ==\n", 1)
    call = f"""{{{{Objet média
|Description={record.description}
|Date de création=2021/12/02
|Date de publication=2021/12/02
|Durée=01:00:00
|Langue du contenu=FR
|Pays=France
|Fait partie de=Appel en commun
|Type de document=Audio
|Catégorie Hess=Puissance publique
|Enjeu=Politique des communs
|Action=
|Résultat=État partenaire
}}}}
"""

    [found] = wikitext.read(io.BytesIO((call + sections).encode()), origin=Origin("21.12_Plaidoyer_2022.wiki"))

    ours, theirs = msgspec.to_builtins(found), msgspec.to_builtins(record)
    for place in ("origin", "lines"):
        del ours[place], theirs[place]
    assert ours == theirs


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for item in value for text in _strings(item)] if isinstance(value, (list, tuple)) else []
