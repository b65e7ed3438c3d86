"""Write the expected rows of the cookbook again: ``python -m tests.cookbook_rows``, after the demonstration data changed.

The rows are then what pyoxigraph answers. Read the difference before you commit it: it says what changed in the archive.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyoxigraph as ox

from commons_ld.cookbook import recipes
from commons_ld.pipeline import exporting
from commons_ld.settings import Settings

REPOSITORY = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases" / "cookbook"


def main() -> None:
    """Export ``data/`` to a folder of its own, ask everything, and write what changed."""
    with tempfile.TemporaryDirectory() as folder:
        exporting.export(Settings(root=Path(folder), sources=(str(REPOSITORY / "data"),)))
        for recipe in recipes():
            store = ox.Store()
            for path in (Path(folder, "dist", "dataset.nq"), *([CASES / recipe.companion] if recipe.companion else [])):
                store.bulk_load(path=path)
            found = store.query(recipe.text, use_default_graph_as_union=True)
            assert isinstance(found, ox.QuerySolutions)
            rows = (found.serialize(format=ox.QueryResultsFormat.CSV) or b"").replace(b"\r\n", b"\n")
            case = CASES / f"{recipe.name}.csv"
            if not case.is_file() or case.read_bytes() != rows:
                case.write_bytes(rows)
                print(case.relative_to(REPOSITORY))


if __name__ == "__main__":
    main()
