"""IRIs: minted, parsed, and made of what pages hold."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.iris import MAX_LENGTH, Iri, IriPolicy, _to_encoded, slug, to_iri

POLICY = IriPolicy("https://example.org/ld/")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("21.12 Plaidoyer 2022", "21-12-plaidoyer-2022"),
        ("Maîtrise de l\u2019eau", "maitrise-de-l-eau"),
        ("Œuvre\u00a0: l'État", "oeuvre-l-etat"),
        ("../../etc/passwd", "etc-passwd"),
        ("李娜", "u674e-u5a1c"),
        ("\u202egnp.exe", "gnp-exe"),
        ("Cafe\u0301 ou cafè", "cafe-ou-cafe"),
        ("a\u064bb", "ab"),
        ("a\u034fb", "a-b"),
        ("???", "u003f-u003f-u003f"),
        (" ", "untitled"),
    ],
)
def test_a_slug_is_lower_case_ascii(title: str, name: str) -> None:
    """The name of a title is what anyone would type."""
    assert slug(title) == name


@given(st.text())
def test_every_text_has_a_slug_that_an_iri_can_hold(title: str) -> None:
    """No title is without a name, and no name needs encoding."""
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug(title))
    assert len(slug(title)) <= 80


@given(
    st.sampled_from(["session", "media"]),
    st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,3}", fullmatch=True),
    st.sampled_from(
        [
            ("", False),
            ("recording", False),
            ("place", False),
            ("geo", False),
            ("note", True),
            ("document", True),
            ("participant", True),
        ]
    ),
    st.integers(1, 10**6),
)
def test_what_was_minted_is_parsed_back(kind, name, part, number) -> None:  # type: ignore[no-untyped-def]
    """Both directions live in one object and agree."""
    word, numbered = part
    number = number if numbered else 0

    assert POLICY.parse(POLICY.mint(kind, name, word, number)) == Iri(kind, name, word, number)


@pytest.mark.parametrize("part", ["", "activity", "checksum", "export", "revision", "source", "source-checksum"])
def test_what_was_minted_of_a_description_is_parsed_back(part: str) -> None:
    """A description has parts of its own."""
    assert POLICY.parse(POLICY.mint("description", "21-12-essai", part)) == Iri("description", "21-12-essai", part)


@pytest.mark.parametrize(
    "iri",
    [
        "https://example.org/ld/session/x/source",
        "https://example.org/ld/description/x/recording",
        "https://example.org/ld/description/x/note/1",
        "https://example.org/ld/description/x/source/1",
        "https://example.org/session/x",
        "https://example.org/ld/session/",
        "https://example.org/ld/session/X",
        "https://example.org/ld/session/x/note",
        "https://example.org/ld/session/x/note/0",
        "https://example.org/ld/session/x/recording/1",
        "https://example.org/ld/shape/x",
    ],
)
def test_an_iri_that_is_not_minted_here_is_not_parsed(iri: str) -> None:
    """The policy knows its own and no other."""
    assert POLICY.parse(iri) is None


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("https://www.org.meet.coop", "https://www.org.meet.coop"),
        (
            "https://mypads.framapad.org/mypads/?/mypads/group/a-b/pad",
            "https://mypads.framapad.org/mypads/?/mypads/group/a-b/pad",
        ),
        (
            'https://exemple.test/a b<c>"d"{e}|f\\g^h`i',
            "https://exemple.test/a%20b%3Cc%3E%22d%22%7Be%7D%7Cf%5Cg%5Eh%60i",
        ),
        ("https://exemple.test/100%?x=%C3%A9", "https://exemple.test/100%25?x=%C3%A9"),
        ("HTTP://Exemple.TEST/A", "http://exemple.test/A"),
        ("http://exämple.org/ü#é", "http://xn--exmple-cua.org/%C3%BC#%C3%A9"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@b.org", None),
        ("https://user:word@exemple.test/", None),
        ("http://", None),
        ("http://a b/", None),
        ("http://exemple.test:port/", None),
        ("https://exemple.test/\n", "https://exemple.test/"),
        ("https://exemple.test/a\nb", None),
        ("https://exemple.test/\u202eb", None),
        ("//exemple.test/", None),
        ("L'appel", None),
        ("https://exemple.test/" + "x" * MAX_LENGTH, None),
    ],
)
def test_an_address_is_encoded_or_refused(text: str, iri: str | None) -> None:
    """What can be percent-encoded is; what cannot be an IRI is none."""
    assert to_iri(text) == iri


@given(st.text("aZ9-._~/?#[]@!$&'()*+,;=:% é\n", max_size=30).map("https://exemple.test{}".format))
def test_an_address_that_needs_no_encoding_is_the_same_either_way(text: str) -> None:
    """The short way for plain addresses gives what the long one does."""
    assert to_iri(text) == _to_encoded(text.strip())


@given(st.text(max_size=60).map("https://exemple.test/{}".format))
def test_what_is_taken_for_an_iri_is_one_for_another_parser(text: str) -> None:
    """pyoxigraph, which refuses what RFC 3987 does, takes every IRI that we make; and making it twice changes nothing."""
    import pyoxigraph as ox

    iri = to_iri(text)

    if iri is not None:
        line = f"<{iri}> <{iri}> <{iri}> ."
        assert [quad.object.value for quad in ox.parse(line, format=ox.RdfFormat.N_TRIPLES)] == [iri]
        assert to_iri(iri) == iri
