"""The floors of the house: a module imports its own package or a lower floor, and nothing is made at import."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from conftest import BEGUN_FIRST
from tests.floors import FLOORS

REPOSITORY = Path(__file__).parent.parent
PACKAGE = REPOSITORY / "src" / "commons_ld"

FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")
BESIDE = sorted(path for name in ("tests", "benchmarks") for path in (REPOSITORY / name).rglob("*.py"))


def test_every_part_of_the_package_has_its_floor() -> None:
    """One that stands on none could be imported by nothing, and the documents would not show it."""
    assert sorted(FLOOR) == sorted({part(path) for path in MODULES})


def part(path: Path) -> str:
    """Return the name on the floors of a file of the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Return the parts of the package that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "commons_ld":
            names |= {node.module.removeprefix("commons_ld").lstrip(".").split(".")[0]} - {""} or {
                alias.name for alias in node.names
            }
        elif isinstance(node, ast.Import):
            names |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("commons_ld.")}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_its_own_package_or_a_lower_floor(path: Path) -> None:
    """The layers cannot be broken."""
    above = {name for name in imported(path) if name != part(path) and FLOOR.get(name, 99) >= FLOOR[part(path)]}

    assert above - ({"__version__"} if part(path) in ("cli", "cluster", "explaining", "provenance") else set()) == set()


def test_a_module_that_breaks_the_floors_is_seen(tmp_path: Path) -> None:
    """The check can fail."""
    bad = tmp_path / "bad.py"
    bad.write_text("def f():\n    from commons_ld.pipeline.exporting import export\n    import commons_ld.cli\n")

    assert imported(bad) == {"pipeline", "cli"}


def modules_imported(path: Path, known: set[str]) -> set[str]:
    """Return the modules that a file imports, wherever in it, by their names; what a package offers is its own."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names & known


def test_no_modules_import_each_other_in_a_circle(tmp_path: Path) -> None:
    """Not within a package either, nor by an import that is put off into a function."""
    by_name = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path
        for path in MODULES
        if path.name != "__init__.py"
    }
    graph = {name: modules_imported(path, set(by_name)) for name, path in by_name.items()}

    TopologicalSorter(graph).prepare()

    circle = tmp_path / "circle.py"
    circle.write_text("def f():\n    from commons_ld.outputs import report_files\n")
    graph["commons_ld.outputs.report"] |= modules_imported(circle, set(by_name))
    with pytest.raises(CycleError):
        TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("path", [*MODULES, *BESIDE], ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_a_module_fits_on_a_few_screens_and_says_its_job(path: Path) -> None:
    """Past 500 lines a module is asked what two things it is, tests too; its first line is what it is for, to the end."""
    source = path.read_text(encoding="utf-8")

    assert source.count("\n") <= 500
    assert (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0].endswith(".") or not source.strip()


def test_the_tests_that_are_begun_first_are_there() -> None:
    """One that is called otherwise now would be begun last, and take the longest."""
    assert [name for name in BEGUN_FIRST if not Path(__file__).with_name(name).is_file()] == []


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    """rdflib, pySHACL, jinja2 and the parsers are imported when they are used, not for --help."""
    probe = (
        "import sys, commons_ld.cli;"
        "print(sorted({'rdflib', 'pyshacl', 'jinja2', 'mwparserfromhell', 'phonenumbers', 'pyoxigraph'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"


def test_the_command_line_starts_with_few_modules() -> None:
    """What --help imports: 169 modules when this was written, of which Python itself brings a third."""
    probe = (
        "import sys; sys.argv = ['commons-ld', '--help']; from commons_ld.cli import main\n"
        "try: main()\nfinally: print(len(sys.modules), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert int(result.stderr) <= 210
