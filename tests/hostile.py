"""What is thrown at the readers of pages: pieces of real pages, put together at random, and marks without end."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

import msgspec
from hypothesis import strategies as st

from commons_ld.errors import SourceError
from commons_ld.messages import message
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord
from commons_ld.sources import Source

#: Pieces of pages, of wikitext, and of what is neither.
PIECES: Final = (
    *("21.12 Plaidoyer 2022\n", "\n", "\n\n", " ", "\u00a0", "\u202f", ":", ",", "  • ", "- ", "x", "Un texte."),
    *("De Remix Biens Communs\n", "Dans la collection : Appel en commun\n", "Métadonnées\n", "Durée 01:00:00\n"),
    *(
        "Objet(s) de commun\u00a0: A,  B  ",
        "Enjeu(x) : ",
        "Action(s) : ",
        "Résultat(s)\u00a0attendu(s)\u00a0: ",
        "Public(s) : ",
    ),
    *(
        "Pays",
        "Médias (2) : a, b\n",
        "Sponsor X\n",
        "\n\nEn résumé\n\n",
        "\n\nEn résumer\n\n",
        "\nDocuments\n",
        "affiche.png\n",
    ),
    *(
        "\nURL mentionnées :\n",
        "\nNotes laissées par les participant·e·s\n",
        "\nPad compagnon\n",
        "https://exemple.org/a(b).",
    ),
    *(
        "[14:09] Ana Dupont :",
        "[14:09]",
        "Ana Dupont : ",
        "• [14:10] Léo : :)\n",
        "@Ana",
        "a@exemple.org",
        "Ana Dupont est ",
    ),
    *(
        "{{Objet média",
        "{{Objet média|Pays=France}}\n",
        "|Durée=01:00:00\n",
        "|Enjeu=",
        "|",
        "=",
        "{{",
        "}}",
        "{{{",
        "}}}",
        "[[",
    ),
    *(
        "]]",
        "[https://exemple.org ",
        "]",
        "[[Fichier:a.png|b]]",
        "[[Catégorie:C]]",
        "{{I|x}}",
        "{{#ask: ",
        "{{DISPLAYTITLE:",
        "==\n",
    ),
    *(
        "\n== En résumé ==\n",
        "\n==",
        "\n*",
        "\n:",
        "\n{|",
        "\n|-",
        "''",
        "'''",
        "<br>",
        "</br>",
        "<p>",
        "<iframe src='//a/b'>",
    ),
    *(
        "<!--",
        "-->",
        "<nowiki>",
        "</nowiki>",
        "<ref>",
        '<a href="https://e.org">',
        "&rsquo;",
        "&#x110000;",
        "&#0;",
        "__TOC__",
    ),
    *(
        "\ufeff",
        "\u2028",
        "e\u0301",
        "\ufdfa",
        "\ufdd0",
        "\U0010ffff",
        "\x00",
        "\x85",
        "\t",
        "\r",
        "#REDIRECT ",
        "Spécial:",
    ),
)

#: Texts made of those pieces, of any characters, and of any bytes.
anything = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14).map(lambda pieces: "".join(pieces).encode()),
    st.lists(st.sampled_from(PIECES), max_size=6)
    .map(lambda pieces: "{{Objet média|a=\n" + "".join(pieces))
    .map(str.encode),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=40),
)


def read_all(source: Source, data: bytes) -> list[MediaRecord | SourceError]:
    """Return the records that ``data`` gives, and what is refused of it."""
    found: list[MediaRecord | SourceError] = []
    found.extend(source.read(io.BytesIO(data), origin=Origin("page" + source.suffixes[0]), reject=found.append))
    return found


def check(source: Source, data: bytes) -> None:
    """Read ``data``, and hold whatever comes out to what every reader promises."""
    [found] = read_all(source, data)
    if isinstance(found, SourceError):
        assert str(found).startswith("page")
        return
    assert msgspec.json.decode(msgspec.json.encode(found), type=MediaRecord) == found
    assert found.title.strip() == found.title != ""
    assert all(0 <= note.reply_to < number for number, note in enumerate(found.notes, 1))
    assert all(link.url.lower().startswith(("http://", "https://")) for link in found.links)
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    lines = 1 + sum(text.count(end) for end in "\n\r\u2028\u2029")
    assert all(1 <= line <= lines for line in found.lines.values())
    assert all(item.line <= lines for item in found.unrecognised)
    assert all(remark.line <= lines for remark in found.remarks)


def only_our_errors(read: Callable[..., Iterator[MediaRecord]], data: bytes) -> None:
    """Read a table, and hold what comes out to what every reader of many records promises: records, or errors of ours."""
    rejected: list[SourceError] = []
    found: list[MediaRecord] = []
    try:
        found.extend(read(io.BytesIO(data), origin=Origin("f"), reject=rejected.append))
    except SourceError as error:
        rejected.append(error)
    for record in found:
        assert record.title
        assert repr(record).encode()
    for refused in rejected:
        assert refused.origin.line
        assert message(refused.code, "fr", field=refused.field, value=refused.value)


def calls(work: Callable[[], object]) -> int:
    """Return how many calls a piece of work makes, of our functions and of built-in ones: the same on every machine."""
    count = 0

    def tick(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event.endswith("call")

    sys.setprofile(tick)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def superlinear(source: Source, head: str, pieces: Iterable[str], tail: str = "") -> list[str]:
    """Return those of ``pieces`` of which a page of four times as many takes more than five times the steps to read."""
    slow = []
    for piece in pieces:
        small, large = ((head + piece * (size // len(piece.encode())) + tail).encode() for size in (2_000, 8_000))
        # Four times would be linear, sixteen times quadratic; what every page takes counts for nothing.
        if calls(partial(read_all, source, large)) > 5 * calls(partial(read_all, source, small)) + 2_000:
            slow.append(piece)
    return slow
