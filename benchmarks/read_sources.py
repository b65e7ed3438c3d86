"""Read files as an export does, and write the titles of their records.

``python -m benchmarks.read_sources [--parser] PATH`` reads a file, or all files of a folder.
With ``--parser`` every page of wikitext goes through mwparserfromhell, as if there were no quicker way.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import NoReturn
from unittest import mock

from commons_ld.errors import SourceError
from commons_ld.pipeline.finding import find_sources
from commons_ld.pipeline.receiving import read_records
from commons_ld.sources import wikitext

__all__ = ["main"]


def main(path: Path, *, by_parser: bool = False) -> None:
    """Write the title of each record."""
    aside = mock.patch.object(wikitext, "take_call", _leave) if by_parser else contextlib.nullcontext()
    with aside:
        for found in find_sources([path]):
            for record in read_records(found, _stop):
                print(record.title)


def _leave(_text: str) -> None:
    """Take no page apart. A mock would keep every text that it is given."""


def _stop(error: SourceError) -> NoReturn:
    sys.exit(f"what the benchmark made cannot be read: {error}")


if __name__ == "__main__":
    main(Path(sys.argv[-1]), by_parser="--parser" in sys.argv)
