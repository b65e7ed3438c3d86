"""The documents: what is generated is fresh, what is documented is there, and every example runs."""

from __future__ import annotations

import doctest
import io
import itertools
import os
import re
import shlex
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from rdflib import Graph

from commons_ld.cli import commands
from commons_ld.commands.session import NO_SETTINGS
from commons_ld.cookbook import find
from commons_ld.errors import CommonsError
from commons_ld.mapping.crosswalk import CROSSWALK
from commons_ld.origin import Origin
from commons_ld.rdf.formats import FORMATS
from commons_ld.rdf.namespaces import PREFIXES
from commons_ld.record import RecordFields
from commons_ld.settings import Settings, documented, load_settings
from commons_ld.sources import SOURCES, by_suffix
from tests.archive import DATA, Archive
from tests.generated import REPOSITORY, TABLES, expected, filled

DOCS = REPOSITORY / "docs"
PAGES = [*sorted(REPOSITORY.glob("*.md")), *sorted(DOCS.glob("*.md")), REPOSITORY / "data" / "README.md"]
#: Programs that a shell session may call besides our own.
OTHERS = {"cd", "cp", "curl", "git", "gunzip", "rsync", "sha256sum"}


def name_of(path: Path) -> str:
    """Return how a test is told of a page."""
    return path.relative_to(REPOSITORY).as_posix()


class Fence(NamedTuple):
    """An example of a page: its language, what follows that on the line, and its text."""

    page: Path
    line: int
    language: str
    info: str
    text: str


def fences(page: Path) -> Iterator[Fence]:
    """Yield the examples of a page."""
    text = page.read_text(encoding="utf-8")
    for match in re.finditer(r"^```(\w+)([^\n]*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        yield Fence(page, text.count("\n", 0, match.start()) + 2, match[1], match[2].strip(), match[3])


def examples(language: str) -> list[object]:
    """Return the examples in a language, each with a name for the test."""
    found = [fence for page in PAGES for fence in fences(page) if fence.language == language]
    return [pytest.param(fence, id=f"{name_of(fence.page)}:{fence.line}") for fence in found]


def page(name: str) -> str:
    """Return the text of a page of ``docs/``."""
    return (DOCS / name).read_text(encoding="utf-8")


# ── What is generated ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "text"), expected().items(), ids=lambda value: name_of(value) if isinstance(value, Path) else ""
)
def test_what_is_generated_is_fresh(path: Path, text: str) -> None:
    """``make docs`` would change nothing."""
    assert path.read_text(encoding="utf-8") == text, "run 'make docs'"


def test_a_page_that_is_out_of_date_is_seen() -> None:
    """The check can fail: an old table is replaced, and the text around it stays."""
    old = "Before.\n\n<!-- generated: limits -->\n\n| old |\n\n<!-- end -->\n\nAfter.\n"

    new = filled(old)

    assert "| old |" not in new
    assert "| a row of CSV | 5 MiB |" in new
    assert (new.startswith("Before.\n"), new.endswith("\nAfter.\n")) == (True, True)
    assert filled(new) == new


@pytest.mark.parametrize(
    "text",
    [
        "<!-- generated: limits -->\n",
        "<!-- end -->\n",
        "<!-- generated: limits -->\n<!-- generated: make -->\n<!-- end -->\n",
        "<!-- generated: nothing -->\n<!-- end -->\n",
    ],
    ids=["open", "closed", "nested", "unknown"],
)
def test_a_block_that_cannot_be_made_is_an_error(text: str) -> None:
    """A marker that is misspelt does not leave an old table standing."""
    with pytest.raises(ValueError, match="generated"):
        filled(text)


def test_everything_that_is_generated_has_a_page() -> None:
    """No table is made for nobody."""
    texts = "".join(path.read_text(encoding="utf-8") for path in PAGES)

    assert [name for name in TABLES if f"<!-- generated: {name} -->" not in texts] == []


# ── What is documented ───────────────────────────────────────────────────────────────────────────────


def test_every_command_and_option_is_documented() -> None:
    """Nothing of the command line has to be found out."""
    text = page("commands.md")
    options = [
        (name, option)
        for name, command in commands.commands.items()
        for parameter in command.params
        for option in parameter.opts
        if isinstance(parameter, click.Option)
    ]

    assert [name for name in commands.commands if f"## `commons-ld {name}`" not in text] == []
    assert [option for option in options if option[1] not in text.split(f"`commons-ld {option[0]}`")[1]] == []
    assert options


def test_every_option_says_what_it_does() -> None:
    """An option without help would be an empty cell."""
    silent = [
        (name, parameter.name)
        for name, command in commands.commands.items()
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help
    ]

    assert silent == []


def test_every_setting_is_documented_and_in_the_archives_own_file() -> None:
    """Each stands in docs/settings.md, and in commons-ld.toml with its meaning on the line above."""
    file = (REPOSITORY / "commons-ld.toml").read_text(encoding="utf-8")
    rows = list(documented())

    assert [key for key, _, _, _ in rows if f"| `{key}` |" not in page("settings.md")] == []
    assert [key for key, _, _, meaning in rows if f"# {meaning}\n{key.rpartition('.')[2]} = " not in file] == []


def test_every_script_that_installs_what_tests_need_is_documented() -> None:
    """So that whoever reads that tests were skipped knows what to run."""
    scripts = {path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "tests").rglob("*.sh")}

    assert len(scripts) > 5
    assert {name for name in scripts if f"| `{name}` |" not in page("testing.md")} == set()


def test_the_archives_own_settings_are_in_force() -> None:
    """The file of this repository loads, and changes what it says it does and nothing else."""
    settings = load_settings(REPOSITORY / "commons-ld.toml", {})
    different = {name for name in settings.__struct_fields__ if getattr(settings, name) != getattr(Settings(), name)}

    assert different == {"dataset", "root"}
    assert settings.dataset.homepage == "https://wiki.remixthecommons.org/"


def test_every_field_and_format_is_documented() -> None:
    """Fields and formats of sources, syntaxes of outputs."""
    sources, model = page("sources.md"), page("model.md")

    assert [name for name in RecordFields.__struct_fields__ if f"| `{name}` |" not in sources] == []
    assert [source.name for source in SOURCES if f"| `{source.name}` |" not in sources] == []
    assert [format_.name for format_ in FORMATS if f"| `{format_.name}` |" not in model] == []


def test_every_way_of_becoming_a_term_is_explained() -> None:
    """The crosswalk names them, and the list above it says what they mean."""
    explained = {
        term
        for line in page("model.md").splitlines()
        if line.startswith("- `")
        for term in re.findall(r"`([a-z_]+)`", line.partition(":")[0])
    }

    assert {rule.term for rule in CROSSWALK} - explained == set()


def test_every_page_is_in_the_index() -> None:
    """A page that nothing leads to is not read."""
    index = page("index.md")

    assert [path.name for path in DOCS.glob("*.md") if path.name != "index.md" and f"({path.name})" not in index] == []


# ── Links ────────────────────────────────────────────────────────────────────────────────────────────


def links(path: Path) -> list[str]:
    """Return the targets of the links of a page, those in code left out."""
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"\]\(([^()\s]+)\)", text)


def anchors(path: Path) -> set[str]:
    """Return the names that the headings of a page have in links."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {"".join(c for c in heading.lower().replace(" ", "-") if _in_anchor(c)) for heading in headings}


def _in_anchor(character: str) -> bool:
    return character in "-_" or unicodedata.category(character)[0] in "LNM"


def broken(path: Path) -> list[str]:
    """Return the relative links of a page that lead nowhere."""
    bad = []
    for link in links(path):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            bad.append(link)
    return bad


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    """To a file of the repository, and to a heading where one is named."""
    assert broken(path) == []


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    """The check can fail, for a file and for a heading."""
    bad = tmp_path / "bad.md"
    bad.write_text("# A heading\n\n[a](bad.md#a-heading) [b](gone.md) [c](#no-heading) `[d](code.md)`\n")

    assert broken(bad) == ["gone.md", "#no-heading"]


# ── Examples ─────────────────────────────────────────────────────────────────────────────────────────


def check_line(line: str) -> None:
    """Fail if a line of a shell session calls for something that is not there."""
    words = shlex.split(line)
    while words and re.match(r"[A-Z_]+=", words[0]):
        variable, _, value = words.pop(0).partition("=")
        if variable not in NO_SETTINGS:
            load_settings(environment={variable: value})
    program = words[0].rpartition("/")[2]
    if program == "commons-ld":
        check_command(words[1:])
    elif program == "make":
        makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
        targets = [word for word in words[1:] if "=" not in word]
        assert [target for target in targets if not re.search(f"^{target}:", makefile, re.MULTILINE)] == []
        for word in words[1:]:
            if word.startswith("ARGS=") and targets[0] in commands.commands:
                check_command([targets[0], *shlex.split(word.removeprefix("ARGS="))])
    else:
        assert program in OTHERS, f"{program} is no program that the documents may call"


def check_command(words: list[str]) -> None:
    """Fail if the command line would not take these arguments."""
    assert words[0] in {*commands.commands, "--help", "--version"}
    if words[0] in commands.commands and "--help" not in words:
        context = commands.commands[words[0]].make_context(words[0], words[1:])
        asked = context.params["query"] if words[0] == "query" else None
        if asked and re.fullmatch(r"[a-z-]+", asked):
            find(asked)


@pytest.mark.parametrize("fence", examples("console"))
def test_a_shell_session_calls_what_is_there(fence: Fence) -> None:
    """Every command, option, variable and target of an example exists."""
    lines = [line.removeprefix("$ ") for line in fence.text.splitlines() if line.startswith("$ ")]

    for line in lines:
        check_line(line)
    assert lines


@pytest.mark.parametrize(
    "line",
    [
        "make exports",
        "commons-ld exprot",
        "commons-ld export --compres",
        'make export ARGS="--langue fr"',
        "COMMONS_LD_PRIVACY__NOTE=omit commons-ld export",
        "commons-ld query --with other.nq no-such-recipe",
        "sudo commons-ld export",
    ],
)
def test_a_line_that_would_not_work_is_seen(line: str) -> None:
    """The check can fail, for each thing that it looks at."""
    with pytest.raises((AssertionError, click.UsageError, CommonsError)):
        check_line(line)


@pytest.mark.parametrize("fence", examples("toml"))
def test_an_example_of_settings_loads(fence: Fence, tmp_path: Path) -> None:
    """It is a whole file, as it stands."""
    path = tmp_path / "commons-ld.toml"
    path.write_text(fence.text, encoding="utf-8")

    assert load_settings(path, {}) != Settings(root=tmp_path)


@pytest.mark.parametrize(
    "fence", [fence for fence in fences(DOCS / "sources.md") if fence.info], ids=lambda fence: fence.info
)
def test_an_example_of_a_source_is_read_in_full(fence: Fence) -> None:
    """It has the name of a file, is read as that, and nothing in it is left over."""
    source = by_suffix(fence.info)
    assert source is not None

    records = list(source.read(io.BytesIO(fence.text.encode()), origin=Origin(fence.info)))

    assert records
    assert [(record.unrecognised, record.remarks) for record in records] == [((), ())] * len(records)


def test_each_format_of_sources_has_an_example() -> None:
    """An example a format, with the name of a file."""
    named = [by_suffix(fence.info) for fence in fences(DOCS / "sources.md") if fence.info]

    assert {source.name for source in named if source} == {source.name for source in SOURCES}


@pytest.mark.parametrize(
    "path", [path for path in PAGES if "```pycon" in path.read_text(encoding="utf-8")], ids=name_of
)
def test_python_examples_run(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the top of the repository, one after the other, with what they say they print."""
    monkeypatch.chdir(REPOSITORY)
    text = "\n".join(fence.text for fence in fences(path) if fence.language == "pycon")
    test = doctest.DocTestParser().get_doctest(text, {}, name_of(path), str(path), 0)
    told: list[str] = []

    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=told.append)

    assert (result.failed, "".join(told)) == (0, "")
    assert result.attempted


# ── The session of the README ────────────────────────────────────────────────────────────────────────


class Export(NamedTuple):
    """What the command printed, and where it published."""

    printed: str
    out: Path


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Export:
    """Export the repository's own data, as the README has it done."""
    folder = tmp_path_factory.mktemp("readme")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMMONS_LD_")}
    command = ["export", "--lang", "en", "--out", str(folder / "dist"), "--state", str(folder / "state")]
    result = subprocess.run(
        [sys.executable, "-m", "commons_ld", *command],
        cwd=REPOSITORY,
        env=environment | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return Export(result.stdout.replace(str(folder / "dist"), "dist"), folder / "dist")


def test_the_readme_shows_what_is_printed(exported: Export) -> None:
    """Line for line; an ellipsis on a line of its own stands for the lines between."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    match = re.search(r"<!-- printed by: [^\n]* -->\n```text\n(.*?)```", readme, re.DOTALL)
    assert match is not None
    beginning, *between, end = match[1].split("…\n")

    rest = exported.printed
    assert rest.startswith(beginning)
    for shown in between:
        assert shown in rest
        rest = rest.partition(shown)[2]
    assert rest.endswith(end)


def test_the_readme_shows_what_becomes_of_a_page(exported: Export, tmp_path: Path) -> None:
    """The lines are those of the page; the statements are published of it, and of these lines alone; rdflib reads them."""
    said, becomes = itertools.islice(fences(REPOSITORY / "README.md"), 2)
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    shown = Graph().parse(data=prefixes + becomes.text, format="turtle", publicID=Settings().base_iri)
    published = Graph().parse(exported.out / "session" / "21-12-plaidoyer-2022.ttl", format="turtle")

    lines = (REPOSITORY / "data/sessions/21.12-plaidoyer-2022.txt").read_text(encoding="utf-8").splitlines()

    assert [line for line in said.text.splitlines() if line not in lines] == []
    archive = Archive(tmp_path, output=DATA)
    archive.write("page.txt", said.text)
    archive.export()
    alone = Graph().parse(tmp_path / "dist" / "session" / "21-12-plaidoyer-2022.ttl", format="turtle")

    assert len(shown) > 5
    assert set(shown) - set(published) == set()
    assert set(shown) - set(alone) == set()


def test_the_readme_shows_files_that_are_published(exported: Export) -> None:
    """Every file and folder of its tree is there."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    tree = re.search(r"```text\ndist/\n(.*?)```", readme, re.DOTALL)
    assert tree is not None
    names = re.findall(r"[\w-]+\.(?:nq|nt|ttl|trig|rdf|jsonld|json|html)\b|[a-z]+(?=/)|SHA256SUMS", tree[1])

    there = {path.name for path in exported.out.rglob("*")}

    assert len(names) > 15
    assert [name for name in names if name not in there] == []


def test_nothing_of_the_repositorys_data_is_held_back_or_refused(exported: Export) -> None:
    """``make export`` ends well."""
    assert ", 0 records held back, 0 pages refused." in exported.printed.partition("\n")[0]
