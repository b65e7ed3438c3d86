"""Read a dump with mwxml and mwparserfromhell: ``python read_mwxml.py DUMP``, in the environment of the peers.

It is what one writes who needs the pages of an archive without commons-ld: every page of the content is parsed, and
the parameters of its template and the text of its sections are taken as plain text. Less is made of them than
commons-ld makes: no message of a chat, no guest, no address and no line is looked for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mwparserfromhell
import mwxml  # type: ignore[import-untyped, import-not-found, unused-ignore]

__all__ = ["main"]


def read(path: Path) -> Iterator[tuple[str, dict[str, str], list[tuple[str, str]]]]:
    """Yield title, parameters and sections of each page that calls the template."""
    with path.open("rb") as stream:
        for page in mwxml.Dump.from_file(stream):
            if page.namespace == 0 and not page.redirect:
                text = ""
                for revision in page:
                    text = revision.text or ""
                code = mwparserfromhell.parse(text)
                for template in code.filter_templates(recursive=False):
                    if template.name.matches("Objet média"):
                        yield page.title, _parameters(template), _sections(code)
                        break


def _parameters(template: Any) -> dict[str, str]:
    return {str(parameter.name).strip(): parameter.value.strip_code().strip() for parameter in template.params}


def _sections(code: Any) -> list[tuple[str, str]]:
    return [
        (section.filter_headings()[0].title.strip_code().strip(), section.strip_code())
        for section in code.get_sections(levels=[2])
    ]


def main(path: Path) -> None:
    """Write the title of every record."""
    for title, parameters, sections in read(path):
        if not parameters or not sections:
            sys.exit(f"{title}: nothing was found on the page")
        print(title)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
