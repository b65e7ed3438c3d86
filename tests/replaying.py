"""A life of an archive in random steps, and clients of other makes that follow it by its feeds."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import pyoxigraph as ox
from sickle import Sickle

from commons_ld import harvesting, taking_back
from commons_ld.ledger.log import read_log
from commons_ld.settings import Settings
from tests.archive import Archive

__all__ = [
    "Life",
    "Records",
    "atom_entries",
    "dumped",
    "follow_by_harvest",
    "follow_by_ldes",
    "follow_by_oai",
    "follow_by_resourcesync",
    "harvested",
    "ldes_client",
]

#: What each record says: its IRI, and its statements as N-Triples.
Records = dict[str, frozenset[str]]

_PAGE = """<page><title>{title}</title><ns>0</ns><id>{number}</id>{redirect}<revision><id>{revision}</id>
<timestamp>2021-12-02T10:00:00Z</timestamp><text>{text}</text></revision></page>"""
_TEXT = "{{{{Objet média|Date de création=2021/12/02|Description={text}|Enjeu=Politique des communs|Type de document=Audio}}}}"
#: Names that nobody bears.
_PEOPLE = [f"Zoé Quibrant{letters}" for letters in ("ab", "ec", "id", "of", "ug", "yh")]


class Life:
    """An archive whose pages are a dump of a wiki, to which things happen.

    :param archive: which is exported after each step
    """

    def __init__(self, archive: Archive, seed: int) -> None:
        self._archive, self._random = archive, random.Random(seed)
        self._pages: dict[int, tuple[str, str]] = {}
        self._redirects: list[tuple[str, str]] = []
        self._count = 0
        self.happened: list[str] = []
        self.forgotten: list[str] = []

    def step(self) -> None:
        """Let one thing happen, and publish."""
        acts = ["create", "create", "update", "rename", "merge", "delete", "forget", "nothing"]
        act = self._random.choice(acts if len(self._pages) > 2 else ["create"])
        getattr(self, f"_{act}")()
        self.happened.append(act)
        self._write()
        if act == "forget":
            taking_back.forget(self._archive.settings, self.forgotten[-1])
        else:
            self._archive.export()

    def _nothing(self) -> None:
        pass

    def _create(self) -> None:
        self._count += 1
        self._pages[self._count] = (f"Appel {self._count}", self._words())

    def _update(self) -> None:
        number = self._random.choice(sorted(self._pages))
        self._pages[number] = (self._pages[number][0], self._words())

    def _rename(self) -> None:
        number = self._random.choice(sorted(self._pages))
        self._count += 1
        self._pages[number] = (f"Atelier {self._count}", self._pages[number][1])

    def _merge(self) -> None:
        gone, into = self._random.sample(sorted(self._pages), 2)
        self._redirects.append((self._pages.pop(gone)[0], self._pages[into][0]))

    def _delete(self) -> None:
        del self._pages[self._random.choice(sorted(self._pages))]

    def _forget(self) -> None:
        left = [name for name in _PEOPLE if name not in self.forgotten]
        self.forgotten.append(self._random.choice(left or _PEOPLE))

    def _words(self) -> str:
        self._count += 1
        return f"Texte {self._count} avec {self._random.choice(_PEOPLE)}."

    def _write(self) -> None:
        pages = [
            _PAGE.format(title=title, number=number, redirect="", revision=number, text=_TEXT.format(text=text))
            for number, (title, text) in sorted(self._pages.items())
        ]
        titles = {title for title, _ in self._pages.values()}
        pages += [
            _PAGE.format(
                title=title, number=10_000 + index, redirect=f'<redirect title="{into}"/>', revision=index, text="#R"
            )
            for index, (title, into) in enumerate(self._redirects, 1)
            if title not in titles and into in titles
        ]
        self._archive.write("wiki.xml", f"<mediawiki>{''.join(pages)}</mediawiki>")


def _statements(quads: Mapping[str, set[str]]) -> Records:
    return {iri: frozenset(found) for iri, found in quads.items()}


def dumped(archive: Archive) -> Records:
    """Return what the dump says of each record."""
    graphs: dict[str, set[str]] = {}
    for quad in ox.parse(path=archive.out / "dataset.nq", format=ox.RdfFormat.N_QUADS):
        graphs.setdefault(quad.graph_name.value, set()).add(str(quad.triple))
    rows = json.loads(archive.read("manifest.json"))["records"]
    return _statements({row["iri"]: graphs[row["graph"]] for row in rows})


# ── LDES, by ldes-client ─────────────────────────────────────────────────────────────────────────────────

_MEMBER = re.compile(r"#v(\d+)-\d+$")
#: The client writes numbers as TriG may, and as N-Quads may not.
_BARE = re.compile(r"> (-?\d+)(\.\d+)? <")


def ldes_client() -> str:
    """Return the command of the client, or ``""`` where it is not installed."""
    folder = os.environ.get("LDES_CLIENT", str(Path(__file__).parent / "servers" / ".ldes-client"))
    command = Path(folder, "node_modules", ".bin", "ldes-client")
    return str(command) if command.exists() and shutil.which("node") else ""


def follow_by_ldes(root: str) -> Records:
    """Return what each record says to a reader of the whole stream."""
    done = subprocess.run(
        [ldes_client(), root, "-o", "ascending"], capture_output=True, text=True, check=True, timeout=300
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("<")]
    text = _BARE.sub(_typed, "\n".join(lines) + "\n")
    members: dict[int, tuple[str, str]] = {}
    bodies: dict[int, set[str]] = {}
    for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS):
        if isinstance(quad.graph_name, ox.NamedNode):
            number = _number(quad.graph_name.value)
            bodies.setdefault(number, set()).add(str(quad.triple))
            continue
        number = _number(quad.subject.value)
        kind, record = members.get(number, ("", ""))
        value = quad.object.value
        if quad.predicate.value.endswith("isVersionOf"):
            record = value
        elif quad.predicate.value.endswith("#type"):
            kind = value.rpartition("#")[2]
        members[number] = (kind, record)
    found: dict[str, set[str]] = {}
    for number, (kind, record) in sorted(members.items()):
        found.pop(record, None)
        if kind != "Delete":
            found[record] = bodies[number]
    return _statements(found)


def _typed(number: re.Match[str]) -> str:
    kind = "decimal" if number[2] else "integer"
    return f'> "{number[0][2:-2]}"^^<http://www.w3.org/2001/XMLSchema#{kind}> <'


def _number(iri: str) -> int:
    match = _MEMBER.search(iri)
    assert match is not None, iri
    return int(match[1])


# ── OAI-PMH, by sickle ───────────────────────────────────────────────────────────────────────────────────


def follow_by_oai(url: str, base_iri: str, copy: Records, since: str) -> str:
    """Bring a copy up to date with what changed from a time on; return from when on to ask next."""
    asked = {"metadataPrefix": "rdf"} | ({"from": since} if since else {})
    last = since
    for record in Sickle(url).ListRecords(**asked):
        iri = base_iri + record.header.identifier.partition(":")[2].partition(":")[2]
        last = max(last, record.header.datestamp)
        copy.pop(iri, None)
        if not record.deleted:
            root = ElementTree.fromstring(record.raw)
            (metadata,) = root.iter("{http://www.openarchives.org/OAI/2.0/}metadata")
            data = ElementTree.tostring(metadata[0])
            copy[iri] = frozenset(str(quad.triple) for quad in ox.parse(data, format=ox.RdfFormat.RDF_XML))
    return last


# ── ResourceSync, by resync ──────────────────────────────────────────────────────────────────────────────

#: In a process of its own: it keeps its state in the folder where it runs, and warns of what Python drops.
_RESYNC = """
import sys
from resync.client import Client
base, folder, is_first = sys.argv[1:]
# It can compare hashes of a resource list, and stumbles over them in a change list.
client = Client(hashes=['sha-256'] if is_first == 'yes' else None)
client.set_mappings([base, folder])
client.sitemap_name = base + 'feeds/resourcesync/resourcelist.xml'
client.change_list_name = base + 'feeds/resourcesync/changelist.xml'
if is_first == 'yes':
    client.baseline_or_audit(allow_deletion=True)
else:
    client.incremental(allow_deletion=True)
"""


def follow_by_resourcesync(base: str, folder: Path, *, is_first: bool) -> Records:
    """Bring a folder up to date; return what the files in it say."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _RESYNC, base, str(folder / "copy"), "yes" if is_first else "no"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = {}
    for path in (folder / "copy").rglob("*.jsonld"):
        iri = base + path.relative_to(folder / "copy").as_posix().removesuffix(".jsonld")
        found[iri] = {str(quad.triple) for quad in ox.parse(path=path, format=ox.RdfFormat.JSON_LD, base_iri=iri)}
    return _statements(found)


# ── Three of them, by commons-ld ─────────────────────────────────────────────────────────────────────────


def follow_by_harvest(base: str, folder: Path, protocol: str) -> Records:
    """Bring a copy up to date as ``commons-ld harvest`` does; return what it says."""
    task = harvesting.Task(
        base, folder / f"harvested-{protocol}", protocol, prefix="rdf" if protocol == "oai-pmh" else ""
    )
    done = harvesting.harvest(task, Settings(), sleep=lambda _seconds: None)
    assert done.is_whole, done
    return harvested(done.folder)


def harvested(folder: Path) -> Records:
    """Return what a copy says of each record."""
    graphs: dict[str, set[str]] = {}
    for quad in ox.parse(path=folder / "dataset.nq", format=ox.RdfFormat.N_QUADS):
        graphs.setdefault(quad.graph_name.value, set()).add(str(quad.triple))
    return _statements(graphs)


# ── Atom, by feedparser ──────────────────────────────────────────────────────────────────────────────────


def atom_entries(archive: Archive, language: str) -> list[tuple[str, str]]:
    """Return time and address of each entry of the feed for people, the newest first."""
    found = feedparser.parse((archive.out / f"site/feeds/atom.{language}.xml").read_bytes())
    assert not found.bozo, found.bozo_exception
    return [(entry.updated, entry.link) for entry in found.entries]


def last_changes(archive: Archive, count: int) -> list[tuple[str, str]]:
    """Return what the feed for people is to have: time and address of the last changes, the newest first."""
    changes = read_log(archive.root / ".commons-ld")[-count:]
    return [(change.at, change.target or change.subject) for change in reversed(changes)]
