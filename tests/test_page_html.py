"""Saved pages: the same record whatever is around the content, with the addresses that the text of a page loses."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.errors import MalformedSource, NotARecord, SourceError
from commons_ld.origin import Origin
from commons_ld.privacy import Policy, redact
from commons_ld.record import Document, Guest, Link, MediaRecord, Note, Revision
from commons_ld.sources import page_html, page_text
from tests.hostile import PIECES, calls
from tests.saved_pages import HOST, SKINS, heading, saved

BODY = (
    '<p>Dans la collection&#160;: <a href="/index.php/Appel_en_commun">Appel en commun</a></p>'
    '<p><b>Objet(s) de commun&#160;:</b> <a href="/index.php?redlink=1" class="new">Voisinage</a>,&#160; '
    "<b>Enjeu(x)&#160;:</b> Communs urbains <b>Résultat(s)&#160;attendu(s)&#160;:</b> État partenaire&#160;</p>\n"
    "<p>Une présentation <i>inventée</i>,\nsur deux lignes.</p>"
    '<div id="toc" class="toc"><h2>Sommaire</h2><ul><li>1 Métadonnées</li></ul></div>'
    + heading("Métadonnées")
    + '<table class="meta"><tr><th>Date de création\n</th><td>2024/02/08\n</td></tr><tr><th>Durée</th><td>00:58:00</td></tr>'
    '<tr><td>Pays</td><td><a href="/index.php/France">France</a></td></tr><tr><td>Média</td><td>Audio</td></tr></table>'
    + heading("En résumé")
    + '<p>Un paragraphe.<sup class="reference"><a href="#n1">[1]</a></sup><br>Une ligne.</p><p>Un autre.</p>'
    "<ul><li>Alice Exemple est cartographe.</li></ul>"
    + heading("Documents", old=False)
    + '<p><a class="external text" href="https://exemple.test/appel.pdf">L\'appel</a></p><p>Le livret</p>'
    + heading("URL mentionnées&#160;:")
    + '<p><a class="external free" href="https://exemple.test/a">https://exemple.test/a</a> - Une adresse</p>'
    + heading("Notes laissées par les participant·e·s")
    + "<p>[14:02] <b>Basile</b> Inventé&#160;: Bonjour&#160;!</p><ul><li>[14:03] Alice Exemple&#160;: Bonjour</li></ul>"
    "<p>[14:10] Basile Inventé&#160;:</p><p>Plus bas\n[14:11] Zoé Factice : soudé</p>"
    + heading("Pad compagnon de l'appel en commun")
    + '<p><a class="external free" href="https://exemple.test/pad">https://exemple.test/pad</a></p>'
)
TITLE = "24.02 Un exemple"


def read(data: bytes) -> MediaRecord:
    """Return the record of a saved page."""
    [record] = page_html.read(io.BytesIO(data), origin=Origin("p.html"))
    return record


def refusal(data: bytes) -> SourceError:
    """Return why a page is refused."""
    refused: list[SourceError] = []
    assert list(page_html.read(io.BytesIO(data), origin=Origin("p.html"), reject=refused.append)) == []
    [error] = refused
    return error


def test_every_fact_of_a_page_arrives() -> None:
    """Facets, metadata in a table, texts without their marks, links with their addresses, and the chat."""
    record = read(saved(TITLE, BODY))

    assert record.title == TITLE
    assert record.collections == ("Appel en commun",)
    assert (record.objets_de_commun, record.enjeux) == (("Voisinage",), ("Communs urbains",))
    assert record.resultats_attendus == ("État partenaire",)
    assert record.description == "Une présentation inventée, sur deux lignes."
    assert (record.created, record.duration, record.countries) == ("2024/02/08", "00:58:00", ("France",))
    assert record.media_type == "Audio"
    assert record.abstract == "Un paragraphe.\nUne ligne.\n\nUn autre."
    assert record.guests == (Guest("Alice Exemple", "cartographe."),)
    assert record.documents == (Document("L'appel", "https://exemple.test/appel.pdf"), Document("Le livret"))
    assert record.links == (Link("https://exemple.test/a", "Une adresse"),)
    assert record.pad == "https://exemple.test/pad"
    assert record.notes == (
        Note("Basile Inventé", "14:02", "Bonjour\u00a0!"),
        Note("Alice Exemple", "14:03", "Bonjour", reply_to=1),
        Note("Basile Inventé", "14:10", "Plus bas"),
        Note("Zoé Factice", "14:11", "soudé"),
    )
    assert record.unrecognised == ()
    assert record.remarks == ()


@pytest.mark.parametrize("skin", SKINS)
def test_the_skin_is_no_part_of_the_record(skin: str) -> None:
    """Whatever a skin writes around the content, the record is the same, but for the lines."""
    one, other = (
        {name: getattr(read(saved(TITLE, BODY, skin=name_of_skin)), name) for name in MediaRecord.__struct_fields__}
        for name_of_skin in ("vector", skin)
    )
    for record in (one, other):
        record.pop("lines")

    assert one == other


def test_a_page_tells_its_revision() -> None:
    """By what MediaWiki tells its scripts; where that was not saved, by the link to this revision."""
    assert read(saved(TITLE, BODY)).revision == Revision(HOST, 7, 12)
    assert read(saved(TITLE, BODY, scripts=False)).revision == Revision(HOST, 0, 12)


@pytest.mark.parametrize(
    ("head", "page"),
    [
        ('<link rel="canonical" href="https://autre.exemple.test/wiki/Un_exemple"/>', "https://autre.exemple.test/wiki/Un_exemple"),
        ('<link rel="canonical" href="javascript:alert(1)"/>', ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_page_has_the_address_that_it_calls_its_own(head: str, page: str) -> None:
    """The canonical link, and nothing that is no address of the web."""
    assert read(saved(TITLE, BODY, head=head)).page == page


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ('<a href="/index.php/Autre_page">mots</a>', None),
        ('<a class="new" href="https://wiki.exemple.test/index.php?redlink=1">mots</a>', None),
        (f'<a href="https://{HOST}/index.php/Autre">mots</a>', None),
        ('<a href="#ici">mots</a>', None),
        ('<a class="external text" href="javascript:alert(1)">mots</a>', None),
        ('<a class="external text" href="data:text/html,x">mots</a>', None),
        ('<a class="external text" href="mailto:quelqu-un@exemple.test">mots</a>', None),
        ('<a class="external text" href="http://[">mots</a>', None),
        ('<a class="external text" href="//exemple.test/b">mots</a>', Link("https://exemple.test/b", "mots")),
        ('<a href="https://exemple.test/c">des <i>mots</i></a>', Link("https://exemple.test/c", "des mots")),
        ('<a class="internal" href="/images/a.pdf">mots</a>', Link(f"https://{HOST}/images/a.pdf", "mots")),
        ('<a class="external autonumber" href="https://exemple.test/d">[1]</a>', Link("https://exemple.test/d")),
    ],
)
def test_links_that_lead_out_of_the_wiki_are_kept(link: str, kept: Link | None) -> None:
    """Those to other pages of the wiki are no links of the record, nor is what no browser should follow."""
    record = read(saved(TITLE, f"<p>Voir {link}.</p>"))

    assert record.links == ((kept,) if kept else ())
    assert record.description == (
        "Voir ." if "autonumber" in link else "Voir des mots." if "<i>" in link else "Voir mots."
    )


def test_a_picture_is_named() -> None:
    """By the page of its file that it links to."""
    image = '<a href="/index.php/Fichier:Une_affiche.jpg" class="image"><img src="/images/thumb/x.jpg" alt="x"/></a>'

    assert read(saved(TITLE, f"<p>Une présentation.</p>{image}")).image == "Une affiche.jpg"


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>Durée 02:00:00</script>",
        "<style>p {}</style>",
        "<!-- Durée 02:00:00 -->",
        '<span style="DISPLAY : none">secret</span>',
        "<span hidden>secret</span>",
        '<span class="mw-editsection">[modifier]</span>',
        "<noscript>secret</noscript>",
        "<textarea>secret</textarea>",
    ],
)
def test_what_no_reader_sees_is_left_out(hidden: str) -> None:
    """Scripts, comments, hidden elements and the wiki's own buttons are no text; what follows them is."""
    assert read(saved(TITLE, f"<p>Avant, {hidden}après.</p>")).description == "Avant, après."


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (saved("Spécial:Pages", BODY), "namespace-page"),
        (saved("Toutes les pages", BODY, namespace=-1), "namespace-page"),
        (saved("Toutes les pages", BODY, namespace=-1, scripts=False), "namespace-page"),
        (saved("Historique", BODY, action="history"), "not-an-article"),
        (saved("Historique", BODY, action="history", scripts=False), "not-an-article"),
        (saved(f"Différence entre versions de « {TITLE} »", BODY), "diff-page"),
        (saved(TITLE, '<table class="diff"></table>'), "diff-page"),
        (saved(TITLE, '<div class="redirectMsg">Rediriger vers</div>'), "redirect-page"),
        (saved(TITLE, '<div class="noarticletext">Rien</div>'), "no-such-page"),
        (saved("Requête sémantique", BODY), "query-page"),
        (saved("", BODY).replace(b"<title>", b"<title>").replace(" — Wiki inventé".encode(), b""), "missing-title"),
        (saved("x" * 300, BODY), "long-title"),
        (b"<html><body><p>Une autre page</p></body></html>", "not-wiki-html"),
        (b"{}", "not-wiki-html"),
        (b"<!-- rien -->", "not-html"),
        (b"", "empty-page"),
        (b"\x00\x01", "not-text"),
        (b"<p>\xff</p>", "not-utf-8"),
        (b"<div>" * 1_000_000, "deep-html"),
        (saved(TITLE, "<b>" * 1_000 + "x"), "deep-html"),
    ],
)
def test_a_page_that_is_no_record_is_refused_with_the_reason(data: bytes, code: str) -> None:
    """What it is, and what to do."""
    error = refusal(data)

    assert error.code == code
    assert isinstance(error, NotARecord | MalformedSource | SourceError)


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("x", "utf-16"),
    ],
)
def test_the_charset_that_a_page_declares_is_believed(charset: str, codec: str) -> None:
    """A byte order mark goes before it."""
    page = saved(TITLE, "<p>Une présentation d'été.</p>").decode().replace("UTF-8", charset).replace("—", "-")

    assert read(page.encode(codec)).description == "Une présentation d'été."


def test_a_title_is_read_where_there_is_no_heading() -> None:
    """That of the browser's window, without the name of the wiki."""
    page = saved(TITLE, "<p>Une présentation.</p>").replace(b'id="firstHeading"', b"")

    assert read(page).title == TITLE


def test_names_are_withheld_though_there_are_marks_in_them() -> None:
    """Somebody of the chat is known by a number, whatever the wiki made of the name."""
    chat = heading("Notes laissées par les participant·e·s") + (
        '<p>[14:02] <a class="new" href="/index.php?title=Ana"><b>Ana</b>&#160;Izeroux</a>&#160;: Bonjour</p>'
        "<p>[14:03] Alice Exemple : merci @<i>Ana</i>, merci An<b>a</b> Izer<span>oux</span>, &#65;na@exemple.test</p>"
    )
    record = redact(read(saved(TITLE, f"<p>Alice Exemple et Ana Izeroux.</p>{chat}")), Policy())

    assert "Ana" not in repr(record)
    assert "Izeroux" not in repr(record)
    assert "exemple.test" not in repr(record.notes)


@given(
    st.lists(
        st.sampled_from([*PIECES, "<ul>", "<li>", "<table>", "<td>", "<p>", "<h2>", "</h2>", "<pre>", "</a>"]),
        max_size=20,
    )
)
def test_any_soup_of_tags_gives_a_record_or_a_refusal(pieces: list[str]) -> None:
    """No exception but ours, whatever the content is; and what is read can be published."""
    for record in page_html.read(
        io.BytesIO(saved(TITLE, "".join(pieces))), origin=Origin("p.html"), reject=lambda _error: None
    ):
        assert record.title == TITLE
        assert all(link.url.lower().startswith(("http://", "https://")) for link in record.links)


@pytest.mark.parametrize(
    "piece",
    ["<p>x</p>", "<ul><li>x</li></ul>", "x\n", "<a href='https://e.org/'>x</a>", "<br>", "[", "<b>x</b>", "<td>x"],
)
def test_the_work_grows_with_the_page_and_no_faster(piece: str) -> None:
    """Four times the content takes no more than five times the steps."""

    def work(count: int) -> Callable[[], object]:
        page = saved(TITLE, heading("En résumé") + piece * count)
        return lambda: list(page_html.read(io.BytesIO(page), origin=Origin("p"), reject=lambda _error: None))

    assert calls(work(800)) < 5 * calls(work(200)) + 2_000


def test_the_text_of_a_page_and_the_page_give_the_same_record() -> None:
    """Copied as text and saved as HTML, but for the addresses that the text has lost."""
    text = """24.02 Un exemple

Dans la collection : Appel en commun

Objet(s) de commun : Voisinage,  Enjeu(x) : Communs urbains

Une présentation.

En résumé

Un paragraphe.

  • Alice Exemple est cartographe.
"""
    body = (
        "<p>Dans la collection : Appel en commun</p><p>Objet(s) de commun : Voisinage,  Enjeu(x) : Communs urbains</p>"
        f"<p>Une présentation.</p>{heading('En résumé')}<p>Un paragraphe.</p><ul><li>Alice Exemple est cartographe.</li></ul>"
    )
    [copied] = page_text.read(io.BytesIO(text.encode()), origin=Origin("p"))
    page = read(saved(TITLE, body))

    fields = set(MediaRecord.__struct_fields__) - {"origin", "lines", "revision"}
    assert {name: getattr(copied, name) for name in fields} == {name: getattr(page, name) for name in fields}
