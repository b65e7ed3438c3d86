"""The reader of dumps: what becomes a record, what is told of the rest, and what no dump can do to it."""

from __future__ import annotations

import bz2
import gzip
import io
import itertools
import tracemalloc
from unittest import mock

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from commons_ld.errors import InvalidRecord, NotARecord, SourceError
from commons_ld.messages import MESSAGES
from commons_ld.origin import Origin
from commons_ld.record import Revision
from commons_ld.sources import by_suffix, mediawiki_xml
from tests.dumps import BASE, RECORD, Endless, dump, page, read, revision


@pytest.mark.parametrize("version", ["0.10", "0.11"])
def test_a_page_becomes_a_record_that_knows_where_it_is_from(version: str) -> None:
    """Its title, address, revision and lines are those of the dump."""
    [record], refused = read(dump(page("21.12 L'eau & l'air"), version=version))

    assert refused == []
    assert (record.title, record.countries, record.identifier) == ("21.12 L'eau & l'air", ("France",), "")
    assert record.revision == Revision("wiki.exemple.org", 3, 30, "2024-02-09T10:11:12Z")
    assert record.page == "https://wiki.exemple.org/index.php/21.12_L%27eau_%26_l%27air"
    assert record.origin == Origin("wiki.xml", 15, "21.12 L'eau & l'air")
    assert record.lines == {"countries": 29}


@pytest.mark.parametrize("name", ["a.xml", "A.XML", "a.xml.gz", "a.xml.bz2"])
def test_a_dump_is_known_by_its_name(name: str) -> None:
    """Packed or not."""
    source = by_suffix(name)

    assert source is not None
    assert (source.read, source.is_page) == (mediawiki_xml.read, False)


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lambda data: gzip.compress(data[:700]) + gzip.compress(data[700:])]
)
def test_a_packed_dump_gives_the_same(pack: object) -> None:
    """Of one member or of several, and whatever its name."""
    data = dump(page(), page("Renvoi", redirect="21.12 Un essai")).encode()

    assert read(pack(data)) == read(data)  # type: ignore[operator]


def test_a_stream_that_cannot_go_back_gives_the_same() -> None:
    """A pipe is copied to the disk first."""
    text = dump(page(), page("Renvoi", redirect="21.12 Un essai"))
    piped = list(mediawiki_xml.read(io.BufferedReader(Endless(text)), origin=Origin("wiki.xml")))

    assert piped == read(text)[0]
    assert piped[0].other_titles == ("Renvoi",)


def test_the_latest_revision_wins_whatever_the_order() -> None:
    """By its time, then by its number."""
    versions = [
        revision(RECORD.replace("France", country), number=number, timestamp=f"2024-02-0{day}T00:00:00Z")
        for country, number, day in (("Italie", 9, 1), ("France", 8, 3), ("Espagne", 7, 3), ("Belgique", 99, 2))
    ]

    for order in itertools.permutations(versions):
        [record], _ = read(dump(page("X", *order)))
        assert record.countries == ("France",)
        assert record.revision == Revision("wiki.exemple.org", 3, 8, "2024-02-03T00:00:00Z")


def test_redirects_are_other_titles_of_the_page_they_lead_to() -> None:
    """Before and after it, through chains; loops, other namespaces and titles that are not there lead nowhere."""
    records, refused = read(
        dump(
            page("Avant", redirect="Milieu"),
            page("Milieu", redirect="21.12 Un essai"),
            page("Boucle", redirect="Elcuob"),
            page("Elcuob", redirect="Boucle"),
            page("Vers la boucle", redirect="Boucle"),
            page(),
            page('L\'ancien "nom" & co', redirect="21.12 Un essai"),
            page("Utilisateur:Quelqu'un", ns=2, redirect="21.12 Un essai"),
            page("Perdu", redirect="Une page absente"),
        )
    )

    assert [record.other_titles for record in records] == [("Avant", 'L\'ancien "nom" & co', "Milieu")]
    assert refused == []


def test_redirects_beyond_the_limit_are_told_once() -> None:
    """The table of redirects is bounded; the pages are read all the same."""
    pages = [page(f"Renvoi {number}", redirect="21.12 Un essai") for number in range(5)]
    with mock.patch.object(mediawiki_xml, "MAX_REDIRECTS", 3):
        [record], [refused] = read(dump(*pages, page()))

    assert record.other_titles == ("Renvoi 0", "Renvoi 1", "Renvoi 2")
    assert str(refused) == "wiki.xml: the dump has more than 3 redirects; those that follow do not become other titles"


@pytest.mark.parametrize(("title", "ns"), [("Discussion:X", 1), ("Modèle:X", 10), ("Catégorie:X", 14), ("X", -1)])
def test_pages_of_other_namespaces_are_passed_over_in_silence(title: str, ns: int) -> None:
    """A talk page or a template may call the template; it is no record, and nothing is said of it."""
    assert read(dump(page(title, ns=ns))) == ([], [])


@pytest.mark.parametrize("title", ["21.12: Un essai", "Concept: les communs", "Aide : un guide", "Discussion"])
def test_only_a_namespace_that_the_wiki_has_is_one(title: str) -> None:
    """A colon in the title of a page of the content makes no namespace, whatever stands before it."""
    [record], refused = read(dump(page(title)))

    assert (record.title, refused) == (title, [])


def test_an_old_dump_tells_the_namespace_by_the_title() -> None:
    """Before version 0.6 there was no <ns>; the names of namespaces are those that the dump declares."""
    old = dump(page("Discussion:X"), page("modèle:X"), page("Aide:X"), version="0.4").replace("<ns>0</ns>", "")

    assert [record.title for record in read(old)[0]] == ["Aide:X"]


def test_a_namespace_that_is_no_number_is_told_by_the_title() -> None:
    """No page is lost for it."""
    records, refused = read(dump(page("Un essai", ns="x"), page("Discussion:Un essai", ns="")))

    assert ([record.title for record in records], refused) == (["Un essai"], [])


def test_content_that_is_no_record_is_noted_as_no_fault() -> None:
    """Articles, other templates and pages of data are passed over, each with its title and line."""
    article, other, query = (revision(text) for text in ("Un article.", "{{Événement|a=b}}", "{{#ask: [[Durée::+]]}}"))
    data = revision("{}").replace("<model>wikitext", "<model>json")
    _, refused = read(
        dump(page("A", article), page("B", other), page("C", query), page("D", data), page("E", revision("")))
    )

    assert [(type(error), error.code, error.origin.page) for error in refused] == [
        (NotARecord, "other-page", title) for title in "ABCDE"
    ]
    assert MESSAGES["other-page"].severity == "Info"
    assert refused[0].origin == Origin("wiki.xml", 15, "A")


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [("{{Objets médias|Pays=France}}", "other-template", 28), ("\n\n{{Objet média|Pays=France", "open-template", 30)],
)
def test_a_record_that_is_misspelt_is_a_fault(text: str, code: str, line: int) -> None:
    """The name of the template nearly right, or its end missing: with the line in the dump."""
    [refused] = read(dump(page("X", revision(text))))[1]

    assert (refused.code, refused.origin) == (code, Origin("wiki.xml", line, "X"))
    assert MESSAGES[code].severity == "Violation"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<title>21.12 Un essai</title>", "", "page-without-title"),
        ("<title>21.12 Un essai</title>", "<title> </title>", "page-without-title"),
        ('bytes="31" xml:space="preserve">', 'bytes="31" deleted="deleted"/><x>', "page-text-deleted"),
        ('bytes="31" xml:space="preserve">', 'bytes="31"/><x>', "page-without-text"),
        ('<text bytes="31" xml:space="preserve">', "<x>", "page-without-text"),
    ],
)
def test_a_page_that_lacks_something_is_refused_and_reading_goes_on(old: str, new: str, code: str) -> None:
    """Its line is told, and the page after it is read."""
    bad = page().replace(old, new)
    bad = bad.replace("</text>", "</x>") if "<x>" in new else bad
    records, [refused] = read(dump(bad, page("Suivante", number=4)))

    assert old in page()
    assert [record.title for record in records] == ["Suivante"]
    assert (type(refused), refused.code, refused.origin.line) == (InvalidRecord, code, 15)


def test_a_page_that_is_too_long_is_refused_and_reading_goes_on() -> None:
    """No more of it is held than a page may have."""
    records, [refused] = read(dump(page("Long", revision("x" * 5_300_000)), page()))

    assert (len(records), refused.code, refused.origin.page) == (1, "large-page", "Long")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<timestamp>2024-02-09T10:11:12Z<", "<timestamp>hier<", Revision("wiki.exemple.org", 3, 30)),
        ("<timestamp>2024-02-09T10:11:12Z</timestamp>", "", Revision("wiki.exemple.org", 3, 30)),
        ("<id>3</id>", "", Revision("wiki.exemple.org", 0, 30, "2024-02-09T10:11:12Z")),
        ("<id>30</id>", "<id>trente</id>", Revision("wiki.exemple.org", 3, 0, "2024-02-09T10:11:12Z")),
    ],
)
def test_a_revision_that_cannot_be_told_is_remarked(old: str, new: str, expected: Revision) -> None:
    """The record stands; what is not a number or a time is left out of its revision."""
    [record], refused = read(dump(page().replace(old, new)))

    assert (record.revision, refused) == (expected, [])
    assert [(remark.code, remark.line) for remark in record.remarks] == [("odd-revision", 15)]


@pytest.mark.parametrize(
    ("base", "host", "address"),
    [
        (BASE, "wiki.exemple.org", "https://wiki.exemple.org/index.php/X_y"),
        ("http://127.0.0.1:8082/wiki/Wiki:Accueil", "127.0.0.1:8082", "http://127.0.0.1:8082/wiki/X_y"),
        ("https://Exemple.ORG/w/index.php?title=Accueil", "exemple.org", "https://exemple.org/w/index.php?title=X_y"),
        ("https://moi:secret@exemple.org/w/A", "exemple.org", "https://exemple.org/w/X_y"),
        ("https://exemple.org/", "exemple.org", ""),
        ("https://exemple.org/?page=1", "exemple.org", ""),
        ("https://exemple.org:x/w/A", "", ""),
        ("https://[x/w/A", "", ""),
        ("https://ex_emple/w/A", "", ""),
        ("javascript:alert(1)", "", ""),
        ("/wiki/Accueil", "", ""),
        ("", "", ""),
    ],
)
def test_the_wiki_is_known_by_the_address_of_its_main_page(base: str, host: str, address: str) -> None:
    """What is no address of a wiki tells nothing, and no password of it stays."""
    [record], _ = read(dump(page("X y"), base=base))

    assert record.revision is not None
    assert (record.revision.wiki, record.page) == (host, address)


def test_content_of_other_slots_is_not_the_text() -> None:
    """From 0.11 on a revision may have more contents than its text (multi-content revisions)."""
    slot = "<content><role>data</role><model>json</model><text>{}</text></content>"
    [record], _ = read(
        dump(
            page()
            .replace("<sha1>", slot + "<sha1>")
            .replace("</revision>", "</revision><upload><text>y</text></upload>")
        )
    )

    assert record.countries == ("France",)


def test_two_pages_of_one_title_are_two_records() -> None:
    """They are told by their numbers."""
    records, _ = read(dump(page(number=3), page(number=4)))

    assert [record.revision.page_id for record in records if record.revision] == [3, 4]


class Passed:
    """Counts what is refused, and keeps nothing of it."""

    count = 0

    def append(self, _error: SourceError) -> None:
        self.count += 1


def peak(count: int) -> int:
    """Return the most memory that the reading of a dump of ``count`` pages takes, half of them records."""
    head, tail = dump("§").split("§")
    texts = (RECORD + "Un texte.\n" * 200, "Un article.\n" * 200)
    pages = (page(f"Page {number}", revision(texts[number % 2]), number=number) for number in range(count))
    stream = io.BufferedReader(Endless(itertools.chain([head], pages, [tail])))
    records, passed = itertools.count(), Passed()
    tracemalloc.start()
    try:
        for _ in mediawiki_xml.read(stream, origin=Origin("wiki.xml"), reject=passed.append):
            next(records)
        assert (next(records), passed.count) == (count // 2, count // 2)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_dump() -> None:
    """Ten times as many pages take no more of it: pages are held one piece of the file at a time."""
    peak(20)  # what is made once, such as the caches of expressions

    # The pages themselves would take four megabytes; what is remembered of short texts may still grow a little.
    assert peak(2_000) < peak(200) + 250_000


PARTS = (
    *("<mediawiki>", "</mediawiki>", "<page>", "</page>", "<title>", "</title>", "X", "<ns>0</ns>", "<ns>1", "<id>", "</id>", "3"),
    *("<revision>", "</revision>", "<text>", "</text>", "<text/>", '<text deleted="deleted"/>', "{{Objet média|Pays=France}}"),
    *('<redirect title="X"/>', "<redirect/>", "<siteinfo>", "</siteinfo>", "<base>", "</base>", "https://[", "<namespaces>", "&amp;"),
    *('<namespace key="1">Discussion', "</namespace>", "</namespaces>", "<!-- x -->", "<![CDATA[", "]]>", "<!DOCTYPE x>", "<?x?>", "&x;"),
    *("&#0;", "&#65535;", "\ufffe", "\x00", "<timestamp>2024-02-09T10:11:12Z</timestamp>", "é", "\n", "\r", "<", ">", '"', "&#x1F331;"),
)  # fmt: skip
broken = st.one_of(
    st.lists(st.sampled_from(PARTS), max_size=12).map("".join).map(str.encode),
    st.lists(st.sampled_from(PARTS), max_size=10).map(lambda parts: f"<mediawiki><page>{''.join(parts)}".encode()),
    st.lists(st.sampled_from(PARTS), max_size=8).map(
        lambda parts: (
            f"<mediawiki><page><title>X</title><ns>0</ns><revision>{''.join(parts)}</revision></page></mediawiki>".encode()
        )
    ),
    st.binary(max_size=60),
    st.binary(max_size=40).map(lambda data: b"\x1f\x8b\x08" + data),
    st.binary(max_size=40).map(lambda data: b"BZh9" + data),
    st.tuples(st.integers(0, 900), st.integers(0, 900), st.binary(max_size=4)).map(
        lambda cut: dump(page()).encode()[: cut[0]] + cut[2] + dump(page()).encode()[cut[1] :]
    ),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(broken)
@example(b"\xef\xbb\xbf" + dump(page()).encode())
@example(b'<?xml version="1.0" encoding="undefined"?><mediawiki/>')
def test_whatever_is_given_is_read_or_told(data: bytes) -> None:
    """No input makes anything but a record or an error of ours, in words of both languages."""
    records, refused = read(data)

    assert all(record.title for record in records)
    assert all(error.origin.path == "wiki.xml" and MESSAGES[error.code].fr for error in refused)
    assert records or refused or b"<page>" in data or data[:2] in (b"\x1f\x8b", b"BZ")


@pytest.mark.long
@settings(max_examples=10_000, suppress_health_check=[HealthCheck.too_slow])
@given(broken)
def test_whatever_of_ten_thousand_is_given_is_read_or_told(data: bytes) -> None:
    """The same for many more."""
    read(data)
