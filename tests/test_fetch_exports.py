"""What Semantic MediaWiki exports, fetched beside the pages: only what changed, never stale, and no condition."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
import rdflib

from tests.servers.fake_wiki import FakePage, FakeWiki
from tests.servers.mediawiki import MediaWiki
from tests.wikis import Archive, kinds, page, pages

EXPORT = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE rdf:RDF[
\t<!ENTITY rdf 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
\t<!ENTITY swivt 'http://semantic-mediawiki.org/swivt/1.0#'>
\t<!ENTITY wiki 'http://wiki.exemple.test/id/'>
]>
<rdf:RDF xmlns:rdf="&rdf;" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:swivt="&swivt;"
  xmlns:property="http://wiki.exemple.test/id/Property-3A">
\t<owl:Ontology xmlns:owl="http://www.w3.org/2002/07/owl#" rdf:about="">
\t\t<swivt:creationDate rdf:datatype="http://www.w3.org/2001/XMLSchema#dateTime">{made}</swivt:creationDate>
\t</owl:Ontology>
\t<swivt:Subject rdf:about="&wiki;{name}">
\t\t<rdfs:label>{title}</rdfs:label>
\t\t<swivt:wikiNamespace rdf:datatype="http://www.w3.org/2001/XMLSchema#integer">0</swivt:wikiNamespace>
\t\t<property:Type_de_document rdf:resource="&wiki;Audio"/>
\t\t<property:Producteur>Le Rivage inventé</property:Producteur>
\t\t<swivt:wikiPageModificationDate rdf:datatype="http://www.w3.org/2001/XMLSchema#dateTime">{time}</swivt:wikiPageModificationDate>
\t</swivt:Subject>
\t<!-- Created by Semantic MediaWiki, https://www.semantic-mediawiki.org/ -->
</rdf:RDF>"""


def exporting(wiki: FakeWiki) -> None:
    """Give a wiki Semantic MediaWiki, whose exports differ in the time they are made at."""

    def export(found: FakePage) -> tuple[int, str, bytes]:
        made = f"2024-08-01T09:00:{len(wiki.exported) % 60:02}+00:00"
        text = EXPORT.format(
            made=made, name=found.title.replace(" ", "_"), title=found.title, time=found.revisions[-1][1]
        )
        return 200, "application/xml; charset=UTF-8", text.encode()

    wiki.export = export


@pytest.fixture
def archive(fake: FakeWiki, tmp_path: Path) -> Archive:
    """Return an archive of a wiki of three pages with exports."""
    fake.write(pages(3))
    exporting(fake)
    return Archive(tmp_path, fake.url)


def exports(archive: Archive) -> dict[str, bytes]:
    """Return the exports in the folder."""
    return {name: data for name, data in archive.files().items() if name.endswith(".rdf")}


def test_an_export_lies_beside_its_page_and_completes_its_record(archive: Archive) -> None:
    """What the page does not say is published from there; the file is RDF/XML for others too."""
    fetched = archive.fetch(with_rdf=True)
    archive.export()

    assert (fetched.exports, len(archive.notes)) == (3, 1)  # that no contact is set
    assert [f"{name}.rdf" in archive.files() for name in archive.files() if name.endswith(".wiki")] == [True] * 3
    assert "Le Rivage inventé" in (archive.out / "session" / "21-12-page-1.ttl").read_text(encoding="utf-8")
    assert len(archive.records()) == 3
    for data in exports(archive).values():
        assert b"creationDate" not in data
        assert rdflib.Literal("Le Rivage inventé") in rdflib.Graph().parse(data=data, format="xml").objects()


def test_without_the_option_no_export_is_asked_for(archive: Archive, fake: FakeWiki) -> None:
    """Nor is one laid anywhere."""
    assert archive.fetch().exports == 0

    assert (fake.exported, exports(archive)) == ([], {})


def test_only_the_exports_of_changed_revisions_are_asked_for(archive: Archive, fake: FakeWiki) -> None:
    """After an edit and a move two are; those of deleted pages and former titles go."""
    archive.fetch(with_rdf=True)
    before = exports(archive)
    fake.exported.clear()
    assert archive.fetch(with_rdf=True).exports == 0
    assert (fake.exported, exports(archive)) == ([], before)

    fake.edit("21.12 Page 1", page("Autre chose."))
    fake.move("21.12 Page 2", "21.12 Renommée")
    fake.delete("21.12 Page 3")
    assert archive.fetch(with_rdf=True).exports == 2

    assert sorted(fake.exported) == ["21.12_Page_1", "21.12_Renommée"]
    assert sorted(exports(archive)) == ["21.12_Page_1.wiki.rdf", "21.12_Renommée.wiki.rdf"]
    archive.export()
    assert len(archive.records()) == 2


def test_an_export_of_an_older_revision_does_not_stay(archive: Archive, fake: FakeWiki) -> None:
    """A fetch without the option takes it away: it would go on saying what the page says no more."""
    archive.fetch(with_rdf=True)
    fake.edit("21.12 Page 1", page("Autre chose."))
    archive.fetch()

    assert sorted(exports(archive)) == ["21.12_Page_2.wiki.rdf", "21.12_Page_3.wiki.rdf"]


def test_two_pages_that_change_names_keep_no_export_of_each_other(archive: Archive, fake: FakeWiki) -> None:
    """Each gets its own anew, or none."""
    archive.fetch(with_rdf=True)
    for old, new in (("21.12 Page 1", "21.12 Z"), ("21.12 Page 2", "21.12 Page 1"), ("21.12 Z", "21.12 Page 2")):
        fake.move(old, new)
        fake.pages = {number: found for number, found in fake.pages.items() if not found.target}
    archive.fetch()
    assert sorted(exports(archive)) == ["21.12_Page_3.wiki.rdf"]

    assert archive.fetch(with_rdf=True).exports == 2


def test_a_wiki_without_the_special_page_is_told_of_once(wiki: FakeWiki | MediaWiki, tmp_path: Path) -> None:
    """MediaWiki answers 404: one sentence, one request, and the pages are there."""
    wiki.write(pages(3))
    archive = Archive(tmp_path, wiki.url)
    asked: list[str] = []

    def before(request: httpx.Request) -> None:
        asked.extend([str(request.url)] * ("ExportRDF" in str(request.url)))

    fetched = archive.fetch(with_rdf=True, before=before)

    assert (fetched.pages, fetched.exports, len(asked), exports(archive)) == (3, 0, 1, {})
    told = [note for note in archive.notes if "export" in note]
    assert len(told) == 1
    assert "leave --with-rdf out" in told[0]
    assert "404" in told[0]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<!DOCTYPE html><html><body>Connexion</body></html>", "text/html"),
        (EXPORT.encode()[:-40], "application/xml"),
        (b"", "application/xml"),
    ],
    ids=["sign-in", "cut", "empty"],
)
def test_what_is_no_whole_export_is_not_kept(archive: Archive, fake: FakeWiki, body: bytes, kind: str) -> None:
    """A sign-in page answered 200, and one that was cut: told once, and asked for again the next time."""
    fake.export = lambda _page: (200, kind, body)
    archive.fetch(with_rdf=True)
    assert (len(fake.exported), exports(archive)) == (1, {})
    assert [note for note in archive.notes if "no semantic export" in note] == archive.notes[-1:]

    exporting(fake)
    assert archive.fetch(with_rdf=True).exports == 3


def test_a_failure_in_the_middle_keeps_what_is_there(archive: Archive, fake: FakeWiki) -> None:
    """The server breaks at the second export: the pages and the first stand, and the next fetch gets the others."""
    exporting(fake)
    whole = fake.export
    assert whole is not None
    fake.export = lambda found: whole(found) if found.title.endswith("1") else (403, "text/html", b"")
    fetched = archive.fetch(with_rdf=True)
    assert (fetched.exports, kinds(fetched)) == (1, [("new", f"21.12 Page {number}") for number in (1, 2, 3)])
    assert "21.12 Page 2 is not fetched" in archive.notes[-1]

    fake.export = whole
    assert archive.fetch(with_rdf=True).exports == 2


def test_an_export_that_somebody_wrote_over_is_fetched_again(archive: Archive) -> None:
    """Without the line that ends it, nobody knows what it is."""
    archive.fetch(with_rdf=True)
    before = exports(archive)
    (archive.folder / "21.12_Page_1.wiki.rdf").write_bytes(b"<rdf:RDF/>")

    assert archive.fetch(with_rdf=True).exports == 1
    assert exports(archive) == before
