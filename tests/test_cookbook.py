"""The cookbook: each recipe is told in two languages, and its answer on the demonstration data is the same in every engine.

The expected rows lie in ``tests/cases/cookbook``. The engines are two libraries and, where they can be had, two servers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import rdflib

from commons_ld.cookbook import Recipe, find, parse, recipes
from commons_ld.errors import ArtefactError, QueryNotFound
from commons_ld.pipeline import exporting
from commons_ld.rdf.namespaces import PREFIXES
from commons_ld.settings import Settings
from commons_ld.stores import loading
from commons_ld.stores.places import Places
from tests.servers.jena import Jena
from tests.servers.virtuoso import Virtuoso
from tests.targets import Target

REPOSITORY = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases" / "cookbook"
RECIPES = recipes()

Ask = Callable[[str], bytes]


def _pyoxigraph(paths: Sequence[Path]) -> Ask:
    store = ox.Store()
    for path in paths:
        store.bulk_load(path=path)

    def ask(query: str) -> bytes:
        found = store.query(query, use_default_graph_as_union=True)
        assert isinstance(found, ox.QuerySolutions)
        answer = found.serialize(format=ox.QueryResultsFormat.CSV)
        assert answer is not None
        return answer

    return ask


def _rdflib(paths: Sequence[Path]) -> Ask:
    dataset = rdflib.Dataset(default_union=True)
    for path in paths:
        dataset.parse(path)

    def ask(query: str) -> bytes:
        answer = dataset.query(query).serialize(format="csv")
        assert answer is not None
        return answer

    return ask


#: What loads files and returns how to ask, by the name of an engine.
LIBRARIES: dict[str, Callable[[Sequence[Path]], Ask]] = {"pyoxigraph": _pyoxigraph, "rdflib": _rdflib}
#: The fixture of each server.
SERVERS = {"Virtuoso": "served_virtuoso", "Jena": "served_jena"}


class Engine:
    """An engine that holds some files, and is asked; a server holds one choice of files at a time.

    :param load: loads files instead of those it has, and returns how to ask
    """

    def __init__(self, load: Callable[[Sequence[Path]], Ask]) -> None:
        self._load = load
        self._held: Sequence[Path] = ()

    def ask(self, query: str, paths: Sequence[Path]) -> bytes:
        """Answer a query over some files."""
        if paths != self._held:
            self._asked, self._held = self._load(paths), paths
        return self._asked(query)


def _server(target: Target) -> Callable[[Sequence[Path]], Ask]:
    """Load a dump as ``commons-ld load`` does, and what is beside it as the server does."""
    server = target.server
    assert isinstance(server, Virtuoso | Jena)

    def load(paths: Sequence[Path]) -> Ask:
        target.clear()
        dump, *others = paths
        base_iri = Settings().base_iri
        with Places(dump, base_iri) as places:
            loading.load(dump, places, target.store, base_iri=base_iri, state=dump.parent / target.name)
        for path in others:
            server.load(path)
        return ask

    def ask(query: str) -> bytes:
        answer = httpx.post(
            server.url, data={"query": query}, headers={"Accept": "text/csv"}, trust_env=False, timeout=60
        )  # fmt: skip
        answer.raise_for_status()
        return answer.content

    return load


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the dump of the repository's own data."""
    root = tmp_path_factory.mktemp("cookbook")
    settings = Settings(root=root, sources=(str(REPOSITORY / "data"),))
    exporting.export(settings)
    return root / "dist" / "dataset.nq"


@pytest.fixture(scope="module", params=[*LIBRARIES, *SERVERS])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return each engine in turn."""
    name = request.param
    if name in LIBRARIES:
        return Engine(LIBRARIES[name])
    return Engine(_server(Target(name, request.getfixturevalue(SERVERS[name]))))


def files(recipe: Recipe, dump: Path) -> list[Path]:
    """Return what a recipe is asked of: the dump, and another archive's beside it where it needs one."""
    return [dump, CASES / "other-archive.ttl"] if recipe.companion else [dump]


def _rows(answer: bytes) -> list[list[str]]:
    return [[_plain(cell) for cell in row] for row in csv.reader(io.StringIO(answer.decode()))]


def _plain(cell: str) -> str:
    """Return a number without the zeros that engines differ in."""
    try:
        return str(Decimal(cell).normalize()) if re.fullmatch(r"-?[0-9.]+(?:[eE][+-]?[0-9]+)?", cell) else cell
    except InvalidOperation:
        return cell


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_recipe_gives_its_rows_in_every_engine(recipe: Recipe, engine: Engine, dump: Path) -> None:
    """The rows on the demonstration data are those of the case; engines may differ in how they sort letters."""
    expected = _rows((CASES / f"{recipe.name}.csv").read_bytes())

    header, *rows = _rows(engine.ask(recipe.text, files(recipe, dump)))

    assert header == expected[0]
    assert sorted(rows) == sorted(expected[1:])
    assert rows


def test_the_rows_come_in_the_order_of_the_case(dump: Path) -> None:
    """pyoxigraph, which the command line asks, gives the very order; every recipe has one."""
    engine = Engine(_pyoxigraph)
    for recipe in RECIPES:
        rows = _rows(engine.ask(recipe.text, files(recipe, dump)))

        assert "\nORDER BY " in recipe.text, recipe.name
        assert rows == _rows((CASES / f"{recipe.name}.csv").read_bytes()), recipe.name


@pytest.mark.parametrize("recipe", [one for one in RECIPES if '"fr"' in one.text], ids=lambda recipe: recipe.name)
def test_labels_are_in_the_language_of_the_reader_and_no_concept_is_left_out(recipe: Recipe, dump: Path) -> None:
    """Where a concept has no label in it, another one is shown."""
    store = ox.Store()
    store.bulk_load(path=dump)
    labels: dict[str, set[str]] = {"fr": set(), "en": set()}
    for quad in store.quads_for_pattern(None, ox.NamedNode(f"{PREFIXES['skos']}prefLabel"), None):
        assert isinstance(quad.object, ox.Literal)
        labels[quad.object.language or ""].add(quad.object.value)
    engine = Engine(_pyoxigraph)
    _, *french = _rows(engine.ask(recipe.text_in("fr"), [dump]))
    _, *english = _rows(engine.ask(recipe.text_in("en"), [dump]))
    places = [at for at, cell in enumerate(french[0]) if cell in labels["fr"]]

    assert len(french) == len(english)
    assert places
    for rows, own, other in ((french, "fr", "en"), (english, "en", "fr")):
        shown = {row[at] for row in rows for at in places}
        # A candidate has the one label that its record gave.
        assert len(shown - labels[own]) <= 1
        assert shown <= labels[own] | labels[other]
        assert shown & labels[own]


def test_every_case_is_of_a_recipe() -> None:
    """A recipe that is renamed does not leave its rows behind."""
    assert {path.stem for path in CASES.glob("*.csv")} == {recipe.name for recipe in RECIPES}
    assert len(RECIPES) >= 15


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_recipe_declares_the_prefixes_it_uses_as_we_write_them(recipe: Recipe) -> None:
    """A query can be copied into any store, and names no archive: it works whatever the base is."""
    declared = dict(re.findall(r"^PREFIX ([a-z]+): +<([^>]+)>$", recipe.query, re.MULTILINE))

    assert declared.items() <= PREFIXES.items()
    assert Settings().base_iri not in recipe.query
    assert all(text.endswith(" ?") for text in [recipe.titles["fr"]])
    assert recipe.titles["en"].endswith("?")


def test_a_recipe_that_does_not_exist_has_a_nearest_one() -> None:
    """Whoever mistypes a name is told the right one."""
    with pytest.raises(QueryNotFound, match="did you mean total-hours"):
        find("total-hour")


@pytest.mark.parametrize("name", ["../cookbook/total-hours", "", "TOTAL-HOURS", "total-hours.rq", "a\0b"])
def test_a_name_leads_nowhere_but_into_the_cookbook(name: str) -> None:
    """A name is a name, and no path."""
    with pytest.raises(QueryNotFound):
        find(name)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("SELECT * {}\n\n", "line 1"),
        ("# title@fr: A ?\n# title@en: A?\n# comment@fr: a\n\nASK {}\n", "lacks comment@en"),
        ("# title@fr: A ?\n# title@fr: B ?\n\nASK {}\n", "line 2: title@fr is said twice"),
        ("# title@fr: A ?\n# title@en: A?\n# comment@fr: a\n# comment@en: a\n", "lacks a query"),
    ],
)
def test_a_recipe_of_another_form_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    """The header is parsed, so it is held to its form."""
    path = tmp_path / "bad.rq"
    path.write_text(text)

    with pytest.raises(ArtefactError, match=problem):
        parse(path)


def test_a_comment_may_go_on_over_several_lines(tmp_path: Path) -> None:
    """Lines that begin with a mark and three blanks belong to the line above."""
    path = tmp_path / "good.rq"
    path.write_text("# title@fr: A ?\n# title@en: A?\n# comment@fr: un\n#   deux\n# comment@en: one\n\nASK {}\n")

    assert parse(path).comments["fr"] == "un deux"
    assert parse(path).query == "ASK {}\n"
