"""Personal data: what was withheld is in no byte of anything that is written."""

from __future__ import annotations

import json
import unicodedata
import warnings
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest

from commons_ld.settings import PrivacySettings
from commons_ld.text import fold
from tests.archive import Archive, unpacked
from tests.chats import NOTICES, PRIVATE, WRITTEN
from tests.reports import to_text

#: Names of people in the chat, as they are written in various places.
NAMES = (
    "Fleurance Izéroux",
    "FLEURANCE IZÉROUX",
    "Izéroux\u00a0Fleurance",
    "fleurance izeroux",
    "Octave-Jean Jaspin",
    "Anne-Solène",
)
ADDRESSES = (
    "fleurance@exemple.fr",
    "Fleurance.Izeroux [at] exemple.fr",
    "FLEURANCE\u00a0@\u00a0EXEMPLE.FR",
    "mailto:contact@sub.exemple.fr",
)
NUMBERS = ("06 12 34 56 78", "+33\u00a06.12.34.56.78", "0033 6 12 34 56 78", "(+33) 612345678")
MENTIONS = ("@fleurance", "@Izéroux", "@OCTAVE-JEAN")
PLANTED = (*NAMES, *ADDRESSES, *NUMBERS, *MENTIONS)

#: What no output may hold, as it is compared: folded, and without blanks or punctuation where it is a number.
WORDS = ("fleurance", "izeroux", "octave-jean", "jaspin", "anne-solene", "exemple.fr", "sub.exemple")
DIGITS = ("612345678",)

PAGE = """21.12 Essai {planted}

Dans la collection : Appel en commun

Objet(s) de commun : Objet {planted}  Enjeu(x) : Enjeu {planted}

Présentation {planted}.

Métadonnées

Date de création 2021/12/02
Durée {planted}
Langue du contenu FR, {planted}
Pays {planted}
Fait partie de Appel en commun, Collection {planted}
Média Audio
Site Web https://exemple.org/{planted}
Étiquette inconnue {planted}

En résumé

Résumé {planted}.

  • Inès Essai est autrice avec {planted}.

Documents

Le livret de {planted}

Rubrique inconnue {planted}

Notes laissées par les participant·e·s

[14:09] Fleurance Izéroux :

Bonjour {planted}

[14:10] Octave-Jean Jaspin : merci {planted}

  • [14:11] Anne-Solène : oui {planted}
"""

EXPORT = """@prefix swivt: <http://semantic-mediawiki.org/swivt/1.0#> .
@prefix wiki: <http://wiki.test/URIResolver/> .
wiki:Exporté swivt:wikiNamespace 0 ; wiki:Property-3AMédia "Audio" ; wiki:Property-3ADescription {literal} ;
  wiki:Property-3AInconnu {literal} ; wiki:Property-3AEnjeu {literal} ; wiki:Property-3AImage {literal} .
"""


def written(root: Path) -> dict[str, str]:
    """Return everything that was written below a folder, unpacked and folded, but for the sources."""
    found = {}
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink() and root / "data" not in path.parents:
            text = unpacked(path).decode("utf-8", "replace")
            # JSON and Turtle may write a letter as an escape; the folded text of both forms is searched.
            found[str(path.relative_to(root))] = fold(text) + fold(_unescaped(text)) + fold(path.name)
    return found


def _unescaped(text: str) -> str:
    try:
        with warnings.catch_warnings():
            # The ledger is no text: any byte of it may be a backslash that escapes nothing.
            warnings.simplefilter("ignore", DeprecationWarning)
            return unicodedata.normalize("NFC", text.encode().decode("unicode_escape", "ignore"))
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("mode", ["pseudonymise", "omit"])
def test_what_was_withheld_is_in_no_byte_that_is_written(tmp_path: Path, mode: str) -> None:
    """Names, addresses, numbers and mentions in every field: not in dumps, records, report, manifest or ledger."""
    archive = Archive(tmp_path, privacy=PrivacySettings(notes=mode))  # type: ignore[arg-type]
    for number, planted in enumerate(PLANTED):
        archive.write(f"page-{number}.txt", PAGE.format(planted=planted).replace("21.12", f"{number}.12", 1))
        if planted in (*ADDRESSES, *NUMBERS):
            # A name is withheld where its bearer speaks: elsewhere it may be that of anybody. Addresses are, everywhere.
            archive.write(f"refused-{number}.txt", planted + "\x00\x00")
            record = {"title": f"X {number}", "enjeux": planted}
            archive.write(f"records-{number}.jsonl", msgspec.json.encode(record) + b"\n")
            literal = json.dumps(planted, ensure_ascii=False)
            archive.write(f"export-{number}.ttl", EXPORT.format(literal=literal))
            archive.write(f"broken-{number}.ttl", EXPORT.format(literal=literal) + f"<{planted}")
            archive.write(f"more-{number}.csv", f"title,enjeux,zzz {planted}\nY {number},{planted},{planted}\n")

    outcome = archive.export(keep_invalid=True)
    found = written(tmp_path) | {"terminal": fold(to_text(outcome.report, "fr") + to_text(outcome.report, "en"))}

    assert outcome.report.published >= len(PLANTED)
    hits = {(name, word) for name, text in found.items() for word in WORDS if word in text} | {
        (name, digits)
        for name, text in found.items()
        for digits in DIGITS
        if digits in "".join(c for c in (unquote(text) if "%20" in text else text) if c.isalnum())
    }
    assert hits == set()


def test_a_chat_that_a_program_saved_names_nobody_in_any_byte(tmp_path: Path) -> None:
    """Neither who wrote, nor to whom, nor who came and left, nor whom the texts of all of them name."""
    *_, mentioned = names = ("Fleurance Izéroux", "Octave-Jean Jaspin", "Anne-Solène Jaspin")
    text = "Bonjour @fleurance, FLEURANCE IZÉROUX et Octave-Jean"
    archive = Archive(tmp_path)
    head, heading, _ = PAGE.format(planted="x").partition("Notes laissées par les participant·e·s\n\n")
    for number, form in enumerate(WRITTEN):
        lines = [WRITTEN[form].format(minute=5 + at, author=name, text=text) for at, name in enumerate(names)]
        if form in PRIVATE:
            said = f"secretissime {names[1]}"
            private = PRIVATE[form].format(minute=8, author=names[0], recipient=mentioned, text=said)
            lines = [*lines[:2], private, lines[0]]
        lines += [NOTICES[form].format(author=mentioned)] if form in NOTICES else []
        chat = "\n".join(lines)
        archive.write(f"page-{number}.txt", head.replace("21.12", f"{number}.12", 1) + heading + chat)
        # Only the first chat of a page is read: of a second one nothing is told, in the report neither.
        twice = f"{heading}{chat}\n\nPad compagnon\n\n{heading}{chat}"
        archive.write(f"twice-{number}.txt", head.replace("21.12", f"{number}.11", 1) + twice)

    outcome = archive.export(keep_invalid=True)
    found = written(tmp_path) | {"terminal": fold(to_text(outcome.report, "fr") + to_text(outcome.report, "en"))}

    assert outcome.report.published == 2 * len(WRITTEN)
    published = next(text for name, text in found.items() if name.endswith("/dataset.nt"))
    assert published.count("bonjour") >= 2 * len(WRITTEN)
    assert {(name, word) for name, text in found.items() for word in (*WORDS, "secretissime") if word in text} == set()


def test_a_file_named_after_a_person_is_not_told_of(tmp_path: Path) -> None:
    """File names stand in the report and the manifest."""
    archive = Archive(tmp_path)
    archive.write("fleurance-izeroux.txt", PAGE.format(planted="x"))
    archive.write("fleurance@exemple.fr.docx", "x")

    archive.export(keep_invalid=True)

    hits = {
        (name, word) for name, text in written(tmp_path).items() for word in ("izeroux", "exemple.fr") if word in text
    }
    assert hits == set()


def test_the_search_would_find_what_is_published(tmp_path: Path) -> None:
    """The check can fail: where names are published, they are found."""
    archive = Archive(tmp_path, privacy=PrivacySettings(notes="publish"))
    archive.write("page.txt", PAGE.format(planted="x"))

    archive.export(keep_invalid=True)

    files = {name.rpartition("/")[2] for name, text in written(tmp_path).items() if "fleurance" in text}
    assert {"dataset.nq", "dataset.nq.gz", "dataset.ttl", "dataset.rdf", "dataset.jsonld"} <= files
