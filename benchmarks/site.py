"""Compare the site with the dumps beside it, and with a site made by a query and a template a page.

``python -m benchmarks.site 1000`` exports the same invented records with and without the site, in processes of their
own, and makes pages of them once more as Snowman does: a SPARQL query on pyoxigraph for each page, and a template.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.processes import run

__all__ = ["main", "pages_by_query"]

_TIMES: Final = 3
_SELF: Final = (sys.executable, "-m", "benchmarks.site")
_QUERY: Final = "SELECT ?s ?p ?o { GRAPH <%s> { ?s ?p ?o } }"
_TEMPLATE: Final = """<!doctype html><html lang="{{ language }}"><head><meta charset="utf-8"><title>{{ iri }}</title></head>
<body><h1>{{ iri }}</h1>{% for subject, rows in things %}<h2>{{ subject }}</h2><dl>
{% for predicate, value in rows %}<dt>{{ predicate }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>{% endfor %}</body></html>
"""


def main(count: int) -> None:
    """Print how long each takes, and how much it writes."""
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root)
        subprocess.run([*_SELF, "make", root, str(count)], check=True)
        without = _export(folder, site=False)
        whole = _export(folder, site=True)
        command = [*_SELF, "query", root]
        queried = statistics.median(_seconds(command, folder) for _ in range(_TIMES))
        size = sum(path.stat().st_size for path in (folder / "dist" / "site").rglob("*.html"))
        pages = sum(1 for _ in (folder / "dist" / "site").rglob("*.html"))
        print(f"{'what':<48}{'seconds':>10}")
        print(f"{'export without the site':<48}{without:>10.2f}")
        print(f"{'export with the site':<48}{whole:>10.2f}")
        print(f"{'the site':<48}{whole - without:>10.2f}   {pages:,} pages, {size:,} bytes of HTML")
        print(f"{'a query and a template a record and language':<48}{queried:>10.2f}")
        print(f"the site costs {(whole - without) / without:.1f} times the export without it; the bar is 3")


def _export(folder: Path, *, site: bool) -> float:
    environment = {**os.environ, "COMMONS_LD_OUTPUT__SITE": str(site).lower()}
    taken = []
    for _ in range(_TIMES):
        for path in folder.iterdir():
            if path.name not in ("records.jsonl", "commons-ld.toml"):
                subprocess.run(["rm", "-rf", str(path)], check=True)
        command = [sys.executable, "-m", "commons_ld.cli", "export", "--quiet"]
        taken.append(run(command, folder=folder, environment=environment).wall)
    return statistics.median(taken)


def _seconds(command: list[str], folder: Path) -> float:
    return run(command, folder=Path.cwd() if folder else folder, environment=os.environ).wall


def make(folder: Path, count: int) -> None:
    """Write the records and the settings."""
    from benchmarks.records import archive, write_records

    write_records(folder / "records.jsonl", count)
    (folder / "commons-ld.toml").write_text(f'sources = ["records.jsonl"]\nbase_iri = "{archive().base_iri}"\n')


def pages_by_query(folder: Path) -> None:
    """Make two pages of each record: a query and a template each."""
    import jinja2
    import msgspec
    import pyoxigraph as ox

    begun = time.perf_counter()
    store = ox.Store()
    store.bulk_load(path=folder / "dist" / "dataset.nq")
    template = jinja2.Environment(autoescape=True).from_string(_TEMPLATE)
    (folder / "pages").mkdir(exist_ok=True)
    manifest = msgspec.json.decode((folder / "dist" / "manifest.json").read_bytes())
    for number, record in enumerate(manifest["records"]):
        for language in ("fr", "en"):
            things: dict[str, list[tuple[str, str]]] = {}
            rows = store.query(_QUERY % record["graph"])
            assert isinstance(rows, ox.QuerySolutions)
            for row in rows:
                things.setdefault(str(row["s"]), []).append((str(row["p"]), str(row["o"])))
            page = template.render(iri=record["iri"], language=language, things=sorted(things.items()))
            (folder / "pages" / f"{number}.{language}.html").write_text(page)
    print(time.perf_counter() - begun)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", root, count]:
            make(Path(root), int(count))
        case ["query", root]:
            pages_by_query(Path(root))
        case [count]:
            main(int(count))
        case _:
            main(1000)
