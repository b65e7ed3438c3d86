"""Taking back: a withdrawn record and a forgotten person are in no byte that is left, and stay away."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from commons_ld import taking_back
from commons_ld.cli import commands
from commons_ld.errors import PublicationError
from commons_ld.feeds import paging, publishing
from commons_ld.ledger.log import read_log
from commons_ld.rdf.namespaces import expand
from commons_ld.redaction import Suppressions, person_digests
from commons_ld.stores import embedded
from commons_ld.stores.places import Places
from commons_ld.text import fold
from tests.archive import Archive, page
from tests.reports import to_text
from tests.test_feeds import LDES, dumped, read, replayed
from tests.test_privacy_everywhere import written

BASE = "https://w3id.org/commons-ld/remix/"
#: The name as it is written in various places.
PLACES = {
    "lead": "Avec Zoé Quibrantelle, et bien d'autres.",
    "abstract": "Un résumé.\n\n  • QUIBRANTELLE Zoé est autrice.\n\n  • Inès Essai est autrice avec zoe quibrantelle.",
    "enjeu": "Politique de Zoé Quibrantelle",
}
WORDS = ("quibrantelle", "zoequibr")


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of the feeds are full after three changes."""
    monkeypatch.setattr(publishing, "pages", lambda log: paging.pages(log, 3))
    monkeypatch.setattr(publishing, "page_of", lambda log, number: paging.page_of(log, number, 3))


def lived(root: Path) -> Archive:
    """Return an archive that names somebody everywhere, in full pages of the feeds and in open ones."""
    archive = Archive(root)
    archive.write("a.txt", page("Premier", **PLACES))
    archive.write("b.txt", page("Entretien avec Zoé Quibrantelle", lead="https://exemple.org/zoe-quibrantelle/x"))
    archive.write("c.txt", page("Autre"))
    archive.write(
        "d.jsonl", msgspec.json.encode({"title": "Atelier de Zoé Quibrantelle", "authors": ["Zoé Quibrantelle"]})
    )
    archive.write("zoe-quibrantelle.docx", "x")
    archive.export()
    archive.write("a.txt", page("Premier", **(PLACES | {"lead": "Z. Quibrantelle dit Zoe Quibrantelle."})))
    archive.export()
    embedded.load(archive.out / "dataset.nq", root / ".commons-ld", version="before")
    with Places(archive.out / "dataset.nq", BASE, root / ".commons-ld") as known:
        assert known.read
    return archive


def test_the_search_finds_the_name_before(tmp_path: Path) -> None:
    """The check can fail: in dumps, feeds, report, ledger, search index and store."""
    lived(tmp_path)
    found = [name for name, text in written(tmp_path).items() if "quibrantelle" in text]

    for part in (
        "dataset.nq",
        "feeds/ldes/",
        "feeds/atom",
        "report/",
        "ledger.sqlite",
        "places.sqlite",
        "search/",
        "store/",
    ):
        assert any(part in name for name in found), part


def test_a_forgotten_name_is_in_no_byte_that_is_left(tmp_path: Path) -> None:
    """Nor does it come back with the next export, or from the same text in another file."""
    archive = lived(tmp_path)
    before = {path.name for path in (archive.out / "site/feeds/ldes").iterdir()}
    notice = taking_back.forget(archive.settings, "Quibrantelle, Zoé")

    archive.write("e.txt", page("Encore", lead="Zoé QUIBRANTELLE, de nouveau."))
    outcome = archive.export()
    told = {"terminal": fold(to_text(outcome.report, "fr")), "notice": fold(taking_back.to_text(notice, "fr"))}
    hits = {(name, word) for name, text in (written(tmp_path) | told).items() for word in WORDS if word in text}

    assert hits == set()
    assert notice.records >= 3
    assert notice.addresses == 2
    assert "The name was in the address of 2 records, of which nobody is told" in taking_back.to_text(notice, "en")
    assert "Le nom était dans l'adresse de 2 notices, dont" in taking_back.to_text(notice, "fr")
    assert "[nom retiré]" in archive.read("dataset.nq")
    assert "session/entretien-avec-nom-retire" in archive.records()
    assert "session/premier" in archive.records()
    after = {path.name for path in (archive.out / "site/feeds/ldes").iterdir()}
    gone = {path.name for path in (archive.out / "site/gone/feeds/ldes").iterdir()}
    assert (before - after) <= gone
    assert gone
    found, _ = read(archive, ".trig")
    assert replayed(found) == dumped(archive)
    # A consumer that knew the address cannot be told of it: it is told to compare with all that there is.
    since = {str(time) for time in found.objects(None, LDES.startingFrom)}
    assert {time.replace("+00:00", "Z") for time in since} == {notice.at}
    assert f'from="{notice.at}"' in archive.read("site/feeds/resourcesync/changelist.xml")
    causes = {change.cause for change in read_log(tmp_path / ".commons-ld")}
    assert "forgotten" in causes


@pytest.mark.parametrize(
    "output", [{"site": False}, {"feeds": False}, {"site": False, "feeds": False, "records": False}]
)
def test_a_name_is_forgotten_where_it_was_published_by_other_settings(tmp_path: Path, output: dict[str, bool]) -> None:
    """What is not made any more is not kept for later either."""
    archive = lived(tmp_path)
    settings = msgspec.structs.replace(archive.settings.output, **output)
    archive.settings = msgspec.structs.replace(archive.settings, output=settings)

    taking_back.forget(archive.settings, "Zoé Quibrantelle")

    assert [name for name, text in written(tmp_path).items() if any(word in text for word in WORDS)] == []


def test_a_withdrawn_record_is_gone_from_everything(tmp_path: Path) -> None:
    """Its text is in no byte, its address is told to be gone, and no file brings it back."""
    archive = Archive(tmp_path)
    for name in ("Un", "Deux", "Trois", "Quatre"):
        archive.write(f"{name}.txt", page(name, lead=f"Canari-{name}."))
    archive.export()
    archive.write("Un.txt", page("Un", lead="Canari-Un, autrement."))
    archive.export()
    notice = taking_back.withdraw(archive.settings, "session/un")
    archive.write("encore.txt", page("Un", lead="Canari-Un, encore."))
    archive.export()

    assert [name for name, text in written(tmp_path).items() if "canari-un" in text] == []
    assert set(archive.records()) == {"session/deux", "session/trois", "session/quatre"}
    assert (archive.out / "site/gone/session/un.html").is_file()
    assert (notice.records, notice.versions) == (1, 3)
    found, _ = read(archive, ".jsonld")
    assert replayed(found) == dumped(archive)
    last = read_log(tmp_path / ".commons-ld")[-1]
    assert (last.kind, last.subject, last.cause) == ("delete", f"{BASE}session/un", "withdrawn")

    taking_back.withdraw(archive.settings, "session/un", undo=True)
    assert "session/un" in archive.records()


@pytest.mark.parametrize("loss", ["removed", "damaged"])
def test_what_was_taken_back_does_not_come_back_where_the_ledger_is_lost(tmp_path: Path, loss: str) -> None:
    """Which alone knows of it: as long as nobody says that it is lost for good, nothing is published, or taken back."""
    archive = Archive(tmp_path)
    for title in ("Premier", "Second"):
        archive.write(f"{title}.txt", page(title, lead="Avec Zoé Quibrantelle."))
    archive.export()
    taking_back.withdraw(archive.settings, "session/premier")
    taking_back.forget(archive.settings, "Zoé Quibrantelle")
    before = archive.files()
    state, aside = tmp_path / ".commons-ld", tmp_path / "aside"
    shutil.copytree(state, aside)
    if loss == "removed":
        shutil.rmtree(state)
    else:
        (state / "ledger.sqlite").write_bytes(b"no ledger")

    for _ in range(2):
        for act in (
            archive.export,
            lambda: taking_back.withdraw(archive.settings, "session/second"),
            lambda: taking_back.forget(archive.settings, "Ulrich Vandermolle"),
        ):
            with pytest.raises(PublicationError, match="nothing is known there of what is published in"):
                act()
    assert archive.files() == before

    shutil.rmtree(state)
    shutil.copytree(aside, state)
    archive.export()
    assert archive.files() == before


def test_every_record_can_be_withdrawn_the_last_one_too(tmp_path: Path) -> None:
    """Though no page is left then of which anything would have to be made."""
    archive = Archive(tmp_path)
    for title in ("Premier", "Second"):
        archive.write(f"{title}.txt", page(title))
    archive.export()

    taking_back.withdraw(archive.settings, "session/premier")
    assert list(archive.records()) == ["session/second"]
    taking_back.withdraw(archive.settings, "session/second")
    assert archive.records() == {}
    assert "session/second" not in archive.read("dataset.nq")
    assert not archive.export().changed


@pytest.mark.parametrize(("act", "what"), [("withdraw", "session/premier"), ("forget", "Zoé Quibrantelle")])
def test_records_that_were_published_though_they_do_not_conform_stay_so(tmp_path: Path, act: str, what: str) -> None:
    """Whoever asked to be taken out asked for nothing to be done about the others."""
    archive = Archive(tmp_path)
    archive.write("a.txt", page("Premier", lead="Avec Zoé Quibrantelle."))
    archive.write("b.txt", page("Second", created="un jour"))
    archive.export(keep_invalid=True)

    getattr(taking_back, act)(archive.settings, what)
    assert "session/second" in archive.records()

    archive.export()
    taking_back.forget(archive.settings, "Ulrich Vandermolle")
    assert "session/second" not in archive.records()


@pytest.mark.parametrize("act", ["withdraw", "forget"])
def test_a_run_that_is_killed_before_it_published_is_made_good_by_the_next_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """The ledger knows already; what was published stands until then."""
    archive = Archive(tmp_path)
    archive.write("a.txt", page("Premier", lead="Avec Zoé Quibrantelle."))
    archive.write("b.txt", page("Second"))
    archive.export()

    def killed(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    what = "session/premier" if act == "withdraw" else "Zoé Quibrantelle"
    with monkeypatch.context() as patched:
        patched.setattr(taking_back, "export", killed)
        with pytest.raises(KeyboardInterrupt):
            getattr(taking_back, act)(archive.settings, what)
    assert "Quibrantelle" in archive.read("dataset.nq")
    archive.export()

    assert [name for name, text in written(tmp_path).items() if "quibrantelle" in text] == []
    assert ("session/premier" in archive.records()) == (act == "forget")


def test_forgetting_can_be_lifted(tmp_path: Path) -> None:
    """And what the sources say is published again."""
    archive = Archive(tmp_path)
    archive.write("a.txt", page("Premier", lead="Avec Zoé Quibrantelle."))
    archive.export()
    taking_back.forget(archive.settings, "person/zoe-quibrantelle")
    assert "Quibrantelle" not in archive.read("dataset.nq")
    taking_back.forget(archive.settings, "Zoé Quibrantelle", undo=True)
    assert "Quibrantelle" in archive.read("dataset.nq")


def test_what_two_forgotten_names_share_stays_as_long_as_one_of_them_does(tmp_path: Path) -> None:
    """``J.`` may be either of them; who was not forgotten cannot be let out, nor let anybody else out."""
    archive = Archive(tmp_path)
    archive.write("a.txt", page("Premier", lead="Avec J. Quibrantelle, et Jean."))
    archive.export()
    for name in ("Jean Quibrantelle", "Julie Quibrantelle", "Julie Quibrantelle"):
        taking_back.forget(archive.settings, name)

    with pytest.raises(PublicationError, match="nobody of that name was forgotten"):
        taking_back.forget(archive.settings, "Jules Quibrantelle", undo=True)
    taking_back.forget(archive.settings, "Julie Quibrantelle", undo=True)
    assert "Quibrantelle" not in archive.read("dataset.nq")
    taking_back.forget(archive.settings, "Jean Quibrantelle", undo=True)
    assert "J. Quibrantelle" in archive.read("dataset.nq")


@pytest.mark.parametrize("account", ["zoequibrantelle", "QuibrantelleZoé", "https://exemple.org/@zoequibrantelle"])
def test_a_forgotten_name_is_recognised_where_it_is_run_together(tmp_path: Path, account: str) -> None:
    """As in addresses and the names of accounts, whenever the sources are read again."""
    archive = Archive(tmp_path)
    archive.write("a.txt", page("Premier", lead=f"Voir {account} et Inès Essai."))
    archive.export()

    taking_back.forget(archive.settings, "Zoé Quibrantelle")

    assert [name for name, text in written(tmp_path).items() if "quibrantelle" in text] == []
    assert "Inès Essai" in archive.read("dataset.nq")


def test_what_stands_beside_a_forgotten_name_goes_with_it(tmp_path: Path) -> None:
    """In lists of names: "(Lyon)" alone would still be somebody, with an address and a page."""
    archive = Archive(tmp_path)
    guest = {"name": "QUIBRANTELLE Zoé (Lyon)", "biography": "élue"}
    record = {"title": "A", "participants": ["zoé quibrantelle (Lyon)", "Inès Essai (Lyon)"], "guests": [guest]}
    archive.write("a.jsonl", msgspec.json.encode(record))
    archive.export()

    taking_back.forget(archive.settings, "Zoé Quibrantelle")

    assert {path.stem for path in (archive.out / "site/person").glob("*.ttl")} == {"ines-essai-lyon"}
    assert "retir" not in archive.read("dataset.nq")


@pytest.mark.parametrize(
    ("asked", "written", "left"),
    [
        ("Jean-Pierre Quibrantelle", "Jean Pierre QUIBRANTELLE et Quibrantelle, Jean-Pierre", "[] et []"),
        ("Jean-Pierre Quibrantelle", "Jean P. Quibrantelle, J.-P. Quibrantelle", "[], []"),
        (
            "Jean-Pierre Quibrantelle",
            "J.P. Quibrantelle ; https://exemple.org/j-p-quibrantelle",
            "[] ; https://exemple.org/[]",
        ),
        ("Jean-Pierre Quibrantelle", "Jean Quibrantelle et P. Quibrantelle", "Jean Quibrantelle et P. Quibrantelle"),
        ("Jean-Pierre Quibrantelle", "J. P. Q. et Q. Pierre", "J. P. Q. et Q. Pierre"),
        ("Marc de Sel", "M. de S. et Marc de S., m.d.sel", "M. de S. et []., m.d.sel"),
        ("Jean Quibrantelle", "Jean P. Quibrantelle, Quibrantelle J (élu)", "[], [] (élu)"),
        ("Jean Quibrantelle", "Quibrantelle, Jean a dit que Jean", "[] a dit que Jean"),
        ("Jean Quibrantelle", "Jean Pierre Quibrantelle", "Jean Pierre Quibrantelle"),
        ("Jean Quibrantelle", "écrit par Jean à Q. Dupont", "écrit par Jean à Q. Dupont"),
        ("Jean Quibrantelle", "Jean est là. P. Quibrantelle", "Jean est là. P. Quibrantelle"),
    ],
)
def test_initials_stand_for_the_words_of_a_forgotten_name(asked: str, written: str, left: str) -> None:
    """All but one of them, and one within; what may as well be anybody else's name stays."""
    lengths = frozenset({1, len(asked.replace("-", " ").split())})
    forgotten = Suppressions(b"key", frozenset(person_digests(asked, b"key")), lengths)
    assert forgotten.text(written, "[]") == left


@pytest.mark.parametrize("written", ["Jean P. Quibrantelle (Lyon)", "QUIBRANTELLE, Jean P."])
def test_a_forgotten_name_with_an_initial_is_in_no_list(tmp_path: Path, written: str) -> None:
    """Not even the initial, which would be somebody by itself."""
    archive = Archive(tmp_path)
    record = {"title": "A", "participants": [written, "Inès Essai"]}
    archive.write("a.jsonl", msgspec.json.encode(record))
    archive.export()

    taking_back.forget(archive.settings, "Jean Quibrantelle")

    assert {path.stem for path in (archive.out / "site/person").glob("*.ttl")} == {"ines-essai"}


CHAT = [
    {"author": author, "time": f"14:0{minute}", "text": f"Note {minute}"}
    for minute, author in enumerate(
        ["Zoé Quibrantelle", "Ivo Dormoisel", "Inès Essai", "Rosa Trebuchet", "Ivo Dormoisel"]
    )
]


def authors(archive: Archive) -> dict[str, str]:
    """Return who wrote each note, by its text: what follows the record in the IRI."""
    quads = list(ox.parse(archive.read("dataset.nq").encode(), format=ox.RdfFormat.N_QUADS))
    texts = {quad.subject: quad.object.value for quad in quads if quad.predicate.value == expand("schema:text")}
    return {
        texts[quad.subject]: quad.object.value.removeprefix(f"{BASE}media/")
        for quad in quads
        if quad.predicate.value == expand("schema:author")
    }


@pytest.mark.parametrize("guests", [[], [{"name": "Zoé Quibrantelle"}]])
def test_nobody_else_in_the_chat_gets_another_number(tmp_path: Path, guests: list[dict[str, str]]) -> None:
    """An IRI that meant one person would mean another; whoever presented had no number, and takes none."""
    archive = Archive(tmp_path)
    archive.write(
        "a.jsonl", msgspec.json.encode({"title": "A", "created": "2021-12-02", "guests": guests, "notes": CHAT})
    )
    archive.export()
    before = authors(archive)

    notice = taking_back.forget(archive.settings, "Zoé Quibrantelle")
    archive.export()

    assert len(set(before.values())) == 4
    assert authors(archive) == {text: author for text, author in before.items() if text != "Note 0"}
    assert notice.records == 1
    assert "1 record" in taking_back.to_text(notice, "en")


def test_a_note_of_somebody_forgotten_is_not_told_to_lack_an_author(tmp_path: Path) -> None:
    """Nobody can act on that; a note that has none on its page is told, once a record."""
    archive = Archive(tmp_path)
    notes = [*CHAT, {"time": "14:06", "text": "De qui ?"}, {"time": "14:07", "text": "Et cela ?"}]
    archive.write("a.jsonl", msgspec.json.encode({"title": "A", "created": "2021-12-02", "notes": notes}))

    archive.export()
    taking_back.forget(archive.settings, "Zoé Quibrantelle")

    told = to_text(archive.export().report, "en")
    assert told.replace("\n    ", " ").count("otes without an author: 2, of which the first is note 6; write") == 1
    assert "has no author" not in told


def test_a_name_that_no_page_has_is_told_to_be_none(tmp_path: Path) -> None:
    """Whoever mistypes it would believe that the person is forgotten."""
    archive = Archive(tmp_path)
    archive.write("a.txt", page("Premier", lead="Avec Zoé Quibrantelle."))
    archive.export()

    typed, meant, again = (
        taking_back.forget(archive.settings, name)
        for name in ("Zoé Quibrantel", "Zoé Quibrantelle", "QUIBRANTELLE Zoé")
    )

    told = ["no page writes it so" in taking_back.to_text(notice, "en") for notice in (typed, meant, again)]
    assert told == [True, False, True]
    assert "aucune page ne l'écrit ainsi" in taking_back.to_text(typed, "fr")


@pytest.mark.parametrize("asked", ["李小龙", "person/u674e-u5c0f-u9f99"])
def test_a_name_without_blanks_is_forgotten_wherever_it_stands(tmp_path: Path, asked: str) -> None:
    """One word is first and last name there, and part of what stands around it; an IRI spells it."""
    archive = Archive(tmp_path)
    record = {"title": "与李小龙对话", "text_language": "zh", "participants": ["李小龙", "王芳"]}
    archive.write("a.jsonl", msgspec.json.encode(record | {"description": "关于公共资源的对话，与李小龙和王芳。"}))
    archive.export()
    assert "media/u4e0e-u674e-u5c0f-u9f99-u5bf9-u8bdd" in archive.records()

    taking_back.forget(archive.settings, asked)

    words = ("李小龙", "u674e-u5c0f-u9f99", "%e6%9d%8e%e5%b0%8f%e9%be%99")
    assert [name for name, text in written(tmp_path).items() if any(word in text for word in words)] == []
    assert "王芳" in archive.read("dataset.nq")


@pytest.mark.parametrize(
    ("act", "what", "undo", "told"),
    [
        (taking_back.withdraw, "session/x", False, "there is no record 'session/x'"),
        (taking_back.withdraw, "session/x", True, "was not withdrawn"),
        (taking_back.forget, "Zoé", False, "one word alone may be anybody's"),
        (taking_back.forget, "Zoé Quibrantelle", True, "nobody of that name was forgotten"),
    ],
)
def test_what_cannot_be_taken_back_is_told(tmp_path: Path, act: object, what: str, undo: bool, told: str) -> None:
    """And nothing is changed."""
    archive = Archive(tmp_path)
    archive.write("a.txt", page("Premier"))
    archive.export()
    before = archive.files()
    with pytest.raises(PublicationError, match=told):
        act(archive.settings, what, undo=undo)  # type: ignore[operator]
    assert archive.files() == before


def test_the_commands_print_a_notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which names nobody: for people, and for machines."""
    archive = Archive(tmp_path)
    archive.write("a.txt", page("Premier", lead="Avec Zoé Quibrantelle."))
    archive.export()
    monkeypatch.chdir(tmp_path)
    run = CliRunner()

    told = run.invoke(commands, ["forget", "Zoé Quibrantelle", "--json"], catch_exceptions=False)
    assert json.loads(told.output)["act"] == "forget"
    told = run.invoke(commands, ["withdraw", "session/premier", "--lang", "fr"], catch_exceptions=False)
    assert told.output.startswith("Notice retirée le ")
    assert "Les sources et le wiki gardent leur texte" in told.output
