"""Files that are shared out among folders have the addresses that they have in one, wherever they are served."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.folders import BESIDE, KINDS, SHARD, address_of, patterns, placing, placing_of, sharded
from commons_ld.iris import slug
from commons_ld.pipeline.exporting import export
from commons_ld.pipeline.rebuilding import rebuild_site
from commons_ld.settings import OutputSettings, Settings
from commons_ld.web.app import create_app
from tests.archive import Archive, page
from tests.asgi import Client
from tests.editions import DEMONSTRATION, published, serving
from tests.servers import web

FLAT, SHARDED = OutputSettings(folders="flat"), OutputSettings(folders="sharded")
NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=90)
#: What tells of the files themselves: the list of them, how servers find them, and the order of the sitemap.
TELLS = ("SHA256SUMS", "site/.htaccess", "hosting/", "site/sitemap")

#: What titles are made of.
WORDS = [f"Le {a} {b} du {c}" for a in ("lavoir", "verger", "grenier", "rivage", "quai") for b in ("commun", "partagé", "ouvert", "libre") for c in ("plateau", "faubourg", "village", "canal", "port")]  # fmt: skip
MONTHS = ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre")  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def at_one_time() -> Iterator[None]:
    """Have all exports be of one moment, so that feeds can be compared too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        yield


@pytest.fixture(scope="module", params=["flat", "sharded"])
def settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of the demonstration data, published in either way."""
    return published(tmp_path_factory.mktemp(request.param), output=OutputSettings(folders=request.param))


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Return what every file of the demonstration data holds where none is shared out, by its address."""
    return by_address(published(tmp_path_factory.mktemp("plain")).path("dist"))


def by_address(out: Path) -> dict[str, bytes]:
    """Return what the files of a publication hold, by their addresses."""
    paths = (path for path in out.rglob("*") if path.is_file())
    return {address_of(path.relative_to(out).as_posix()): path.read_bytes() for path in paths}


def folders(out: Path) -> list[str]:
    """Return the folders of a publication among which files are shared out."""
    return [path.name for path in out.rglob("_*") if re.fullmatch(SHARD, path.name)]


@given(NAMES, st.sampled_from([*BESIDE, ""]), st.sampled_from(KINDS), st.sampled_from([".ttl", ".2.en.html"]))
def test_a_web_server_finds_the_folder_by_patterns(name: str, beside: str, kind: str, suffix: str) -> None:
    """A pattern for each digit says what we say, and nothing else matches."""
    address = f"{beside}{kind}/{name}{suffix}"
    digits = "".join("0" if re.fullmatch(pattern, address) else "1" for pattern in patterns())

    assert sharded(address) == f"{beside}{kind}/_{digits}/{name}{suffix}"
    assert sharded(f"site/{address}") == f"site/{sharded(address)}"
    assert address_of(sharded(address)) == address
    assert sharded(sharded(address)) == sharded(address)


@pytest.mark.parametrize(
    "name",
    [
        "dataset.nq",
        "index.html",
        "concepts/enjeux.ttl",
        "shapes/session.ttl",
        "year/2021.2.html",
        "session/x",
        "session/x/note/1",
        "session/../x.ttl",
        "feeds/ldes/000001-ab.trig",
    ],
)
def test_what_is_no_file_of_a_thing_lies_where_it_is_named(name: str) -> None:
    """Dumps, lists and feeds are not so many; and no address leads elsewhere."""
    assert (sharded(name), address_of(name)) == (name, name)


def test_where_files_lie_is_for_ever() -> None:
    """A host whose files were copied last year finds them by the rules of today."""
    names = ("21-12-plaidoyer-2022", "a", "u674e-u5a1c", "2", f"{'ab-' * 26}ab")

    assert [sharded(f"session/{name}.ttl").split("/")[1] for name in names] == PLACES


PLACES = ["_001101001111", "_111010011101", "_111101010000", "_111111100111", "_001100101000"]


@pytest.mark.parametrize(
    ("what", "most"),
    [
        # Names of which each is another number, the worst there is.
        (lambda number: f"21-12-plaidoyer-2022-{number}", 300),
        (lambda number: f"emission-{number:06}", 300),
        # Titles as archives have them, which end in a year, and begin alike.
        (lambda number: slug(f"{number % 15 + 10}.{number % 12 + 1:02} {WORDS[number % 97]} {number // 97} 2022"), 120),
        (lambda number: f"du-{number % 30 + 1}-{MONTHS[number // 30 % 12]}-{1900 + number // 360}", 120),
    ],
)
def test_no_folder_is_much_larger_than_the_others(what, most: int) -> None:  # type: ignore[no-untyped-def]
    """Of a hundred thousand names, 24 a folder if all were alike: of ten times as many, ten times that, and five files."""
    counts = Counter(sharded(f"session/{what(number)}.ttl").split("/")[1] for number in range(100_000))

    assert max(counts.values()) <= most
    assert len(counts) > 3_000


def test_what_is_published_is_the_same_at_every_address(settings: Settings, addresses: Mapping[str, bytes]) -> None:
    """Pages, feeds and descriptions tell of addresses, and so do not change by a byte with where the files lie."""
    found = by_address(settings.path("dist"))

    assert found.keys() == addresses.keys()
    assert {name for name in found if found[name] != addresses[name] and not name.startswith(TELLS)} == set()
    assert {line.strip() for line in found["site/sitemap.xml"].splitlines()} == {
        line.strip() for line in addresses["site/sitemap.xml"].splitlines()
    }
    assert bool(folders(settings.path("dist"))) is (settings.output.folders == "sharded")


def test_the_sums_are_those_of_the_files_where_they_lie(settings: Settings) -> None:
    """A copy can be checked as it is."""
    out = settings.path("dist")
    for line in (out / "SHA256SUMS").read_text().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest


def test_serve_answers_at_every_address(settings: Settings, addresses: Mapping[str, bytes]) -> None:
    """With the bytes of the file; where that lies is no address."""
    with serving(settings) as edition:
        client = Client(create_app(lambda: edition))
        names = [name.removeprefix("site/") for name in addresses if name.startswith("site/") and "/." not in name]
        asked = [name for name in names if name.startswith((*KINDS, "iiif", "renderings"))]
        answers = {name: client.get(f"/{name}") for name in asked}
        places = [client.get(f"/{sharded(name)}").status_code for name in asked if sharded(name) != name]

        assert len(asked) > 200
        assert {name for name in asked if answers[name].content != addresses[f"site/{name}"]} == set()
        assert set(places) == {404}
        leads = client.get("/session/22-05-demonstration-un-atelier-sur-l-eau", headers={"Accept": "text/turtle"})
        assert (leads.status_code, leads.headers["location"]) == (
            303,
            "../session/22-05-demonstration-un-atelier-sur-l-eau.ttl",
        )
        assert client.get("/session/22-05-demonstration-un-atelier-sur-l-eau.rdf").status_code == 200


@pytest.fixture(scope="module", params=sorted(web.SERVERS))
def hosted(
    request: pytest.FixtureRequest, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """Yield a client of each web server in turn, with the site as an export wrote it."""
    if reason := web.missing(request.param):
        pytest.skip(f"{reason}: tests/servers/install-web-servers.sh installs it")
    folder = tmp_path_factory.mktemp(request.param)
    site = Path(shutil.copytree(settings.path("dist").resolve() / "site", folder / "site"))
    is_sharded = settings.output.folders == "sharded"
    with (
        web.serve(request.param, site, folder, (), is_sharded=is_sharded) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        yield client


def test_each_server_answers_at_every_address(hosted: httpx.Client, addresses: Mapping[str, bytes]) -> None:
    """Every file of the site is there, with its bytes; every thing leads to a document that is there."""
    names = [name.removeprefix("site/") for name in addresses if name.startswith("site/") and "/." not in name]
    wrong = {name for name in names if hosted.get(f"/{name}").content != addresses[f"site/{name}"]} - {"sitemap.xml"}
    things = {name.partition(".")[0] for name in names if name.startswith(tuple(f"{kind}/" for kind in KINDS))}
    led = {
        hosted.get(f"/{thing}", headers={"Accept": accept}, follow_redirects=True).status_code
        for thing in things
        for accept in ("text/turtle", "application/ld+json", "application/n-triples", "text/html")
    }

    assert wrong == set()
    assert len(things) > 40
    assert led == {200}


def test_another_choice_leaves_no_file_of_the_one_before(tmp_path: Path) -> None:
    """Neither in the publication nor in what the next one is built in; back and forth."""
    archive = Archive(tmp_path)
    for number in range(1, 4):
        archive.write(f"{number}.txt", page(f"21.0{number} Appel {number}"))
    archive.export()
    archive.write("1.txt", page("21.01 Appel 1", abstract="Un autre résumé."))
    archive.export()  # from now on a publication is built in what was left of the one before the last
    flat, plain = archive.files(), archive.settings
    wanted = {sharded(name) for name in flat}
    for _ in range(2):
        archive.settings = msgspec.structs.replace(plain, output=SHARDED)
        archive.export()
        assert set(archive.files()) == wanted
        assert [name for name in tmp_path.rglob("session/*") if name.is_file()] == []
        archive.settings = plain
        archive.export()
        assert archive.files() == flat
        assert folders(tmp_path) == []


def test_what_was_withdrawn_lies_in_no_folder(tmp_path: Path) -> None:
    """Its files are gone, from the spare folder too, and its folder with them; what stands for it is served."""
    archive = Archive(tmp_path, output=SHARDED)
    archive.write("un.txt", page())
    path = archive.write("deux.txt", page("22.03 Un autre"))
    archive.export()
    path.unlink()
    archive.export()
    archive.write("trois.txt", page("23.03 Un troisième"))
    archive.export()

    assert {name.parts[-3:-1] for name in tmp_path.rglob("22-03-un-autre*")} == {("gone", "session")}
    with serving(archive.settings) as edition:
        client = Client(create_app(lambda: edition))
        assert client.get("/session/22-03-un-autre.html").status_code == 410
        assert client.get("/session/21-12-un-essai.html").status_code == 200


def test_the_site_is_built_again_where_the_files_lie(tmp_path: Path) -> None:
    """From the publication that stands, as it stands: another choice is for the next export."""
    archive = Archive(tmp_path, output=SHARDED)
    archive.write("un.txt", page())
    archive.export()
    before = archive.files()
    rebuild_site(msgspec.structs.replace(archive.settings, output=FLAT))

    assert archive.files() == before
    assert placing_of(before) is placing(SHARDED)
    export(archive.settings)
    assert archive.files() == before


def test_several_processes_share_files_out_alike(tmp_path: Path) -> None:
    """The demonstration data, by two processes."""
    one, two = (published_by(tmp_path / str(jobs), jobs) for jobs in (1, 2))

    assert one == two


def published_by(root: Path, jobs: int) -> Mapping[str, str]:
    """Publish the demonstration data by some processes, and return the files."""
    archive = Archive(root, output=SHARDED)
    export(archive.settings, [DEMONSTRATION], jobs=jobs)
    return archive.files()
