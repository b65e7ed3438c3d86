"""Write the renderings of a publication: one file a harvester, one a recording for players."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import BinaryIO, Final, Self

import pyoxigraph as ox

from commons_ld.concepts import Concepts
from commons_ld.iris import IriPolicy
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.passed import PassedBlock
from commons_ld.outputs.published import Published
from commons_ld.outputs.things import Thing
from commons_ld.rdf.namespaces import expand
from commons_ld.rendering import places
from commons_ld.rendering.constructing import Rendering
from commons_ld.rendering.keeping import kept
from commons_ld.rendering.media import episode
from commons_ld.rendering.oai import packed, schema_org
from commons_ld.rendering.players import channel, chapters, iiif, item, track
from commons_ld.rendering.xml import edm
from commons_ld.rendering.zipped import Archive, entry, pack
from commons_ld.settings import Settings

__all__ = ["NDE", "Dated", "Harvested", "Renderings", "render_record"]

#: Takes the path of a record and what OAI-PMH answers of it.
Harvested = Callable[[str, bytes], None]
#: Returns the datestamp of a record, given its IRI: when what is published of it last changed.
Dated = Callable[[str], str]

#: A block and its SHA-256, or nothing in its place where that is not known.
_Versioned = tuple[bytes, bytes]

_NOTHING: Final = b"", b""
_FOLDER: Final = "site/renderings"
_REVISED: Final = ox.NamedNode(expand("schema:sdDatePublished"))
_DATE_TIME: Final = ox.NamedNode(expand("xsd:dateTime"))
#: The records as SCHEMA-AP-NDE has them, below the site.
NDE: Final = "renderings/schema-ap-nde.nt"


class Renderings:
    """The renderings of a publication, while it is made.

    :param made_with: a digest of all that they depend on besides the blocks
    :param made: renderings that were made already, by the name of the record in IRIs; those that are seen are taken out
    """

    def __init__(
        self,
        generation: Generation,
        settings: Settings,
        concepts: Concepts,
        *,
        made_with: str,
        made: dict[str, dict[str, bytes]] | None = None,
    ) -> None:
        self._made: Final = {} if made is None else made
        self._generation, self._settings = generation, settings
        self._policy: Final = IriPolicy(settings.base_iri)
        self._rendering: Final = Rendering(settings, concepts)
        self._made_with: Final = made_with.encode()
        self._opened: Final = ExitStack()
        self._kept: Final = self._opened.enter_context(kept(settings.path(settings.state)))
        self._items: Final = self._opened.enter_context(generation.spool())

    @property
    def made(self) -> int:
        """How many records were rendered, and not only taken over."""
        return self._kept.made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        # What was kept is replaced only if nothing failed.
        self._opened.__exit__(*raised)  # type: ignore[arg-type]

    def passing(self, blocks: Iterable[PassedBlock]) -> Iterator[PassedBlock]:
        """Yield blocks as they are, and render those records on their way that were not rendered before.

        Each is followed by its description.
        """
        waiting = _NOTHING
        for block in blocks:
            yield block
            one, kind = block[:2], self._kind(block.data)
            if kind == "description" and waiting[0]:
                self._add(waiting, one)
                waiting = _NOTHING
            elif kind == "graph":
                if waiting[0]:
                    self._add(waiting, _NOTHING)
                waiting = one
        if waiting[0]:
            self._add(waiting, _NOTHING)

    def finish(self, published: Iterable[Published], harvested: Harvested, dated: Dated) -> None:
        """Write the files, of each record what was rendered of it, and the podcast, the latest first.

        :param published: all records, in their order
        :param harvested: is given each of them where the settings want feeds
        :param dated: is asked for the datestamp of one whose page does not tell when it was revised
        :raises PublicationError: if a file cannot be written
        """
        with (
            self._open("schema-ap-nde.nt") as nde,
            self._open("edm.zip") as edm_file,
            self._generation.spool() as spool,
        ):
            documents = Archive(edm_file, spool)
            for one in published:
                made = self._rendered(one)
                nde.write(made["nde"])
                nde.write(_revised(one.subject, made["nde"], dated))
                if made["edm"]:
                    documents.add(made["edm"])
                if "oai" in made:
                    harvested(made["path"].decode(), made["oai"])
                self._write_players(made, stands=one.stands)
            documents.finish()
        before, after = channel(self._settings)
        with self._open("podcast.xml") as file:
            file.write(before)
            # The keys of the spool ascend: what they begin with falls as days rise.
            file.writelines(b"\n" + value for _, value in self._items)
            file.write(b"\n" + after)

    def _rendered(self, one: Published) -> dict[str, bytes]:
        digest = self._digest(one.sha256, one.description_sha256)
        made = self._kept.get(digest)
        if made is None:
            made = render_record(self._rendering, *one.read())
            self._kept.put(digest, made)
        return made

    def _write_players(self, made: Mapping[str, bytes], *, stands: bool) -> None:
        """Write what was rendered for players, a file a recording; those of a record that stands are taken over."""
        path = made["path"].decode()
        for name, place in (("iiif", places.manifest), ("chapters", places.chapters), ("track", places.track)):
            data, file = made.get(name), f"site/{place(path)}"
            if data and not (stands and self._generation.keep(file)):
                self._generation.renew(file, data)
        if data := made.get("item"):
            day = bytes(255 - byte for byte in made["day"].ljust(10))
            self._items.add([(day + path.encode(), data)])

    def _add(self, one: _Versioned, described: _Versioned) -> None:
        block, description = one[0], described[0]
        versions = (version or hashlib.sha256(data).digest() for data, version in (one, described))
        digest = self._digest(*versions)
        ready = self._made.pop(self._slug(block), None)
        if not self._kept.has(digest):
            self._kept.put(digest, ready or render_record(self._rendering, block, description))

    def _digest(self, block: bytes, description: bytes) -> bytes:
        return hashlib.sha256(self._made_with + block + description).digest()

    def _kind(self, block: bytes) -> str:
        parsed = self._policy.parse(_graph(block)) if block else None
        is_record = parsed is not None and (parsed.kind != "graph" or self._is_record(block, parsed.slug))
        return parsed.kind if parsed is not None and is_record else ""

    def _is_record(self, block: bytes, slug: str) -> bool:
        base = self._settings.base_iri
        return any(f"<{base}{kind}/{slug}> ".encode() in block for kind in ("session", "media"))

    def _slug(self, block: bytes) -> str:
        parsed = self._policy.parse(_graph(block))
        return parsed.slug if parsed else ""

    def _open(self, name: str) -> BinaryIO:
        return self._generation.open(f"{_FOLDER}/{name}")


def render_record(
    rendering: Rendering, block: bytes, description: bytes, apart: Sequence[Thing] = ()
) -> dict[str, bytes]:
    """Return what is rendered of a record, by harvester; and its path below the base.

    :param block: its graph, canonical N-Quads
    :param description: the description of it, or nothing
    :param apart: what its graph says of each thing, if that is known already
    """
    rendering.things(block, apart)
    base = rendering.settings.base_iri
    nde = rendering.construct("schema-ap-nde", block, description)
    parsed = IriPolicy(base).parse(_graph(block))
    slug = parsed.slug if parsed else ""
    kind = "session" if f"<{base}session/{slug}> ".encode() in block else "media"
    delivered = edm(rendering, block, description)
    name = f"{kind}/{slug}"
    if rendering.settings.output.feeds:
        content = packed(rendering, block, description, name=name, edm=delivered, written={"schema": schema_org(nde)})
    else:
        content = pack(delivered)
    made = {
        "path": name.encode(),
        "nde": b"".join([b" ".join(statement) + b" .\n" for statement in nde]),
        # Europeana has five types, and takes no record without one: what has none is left out of what it is given.
        "edm": entry(f"{kind}-{slug}.xml", content) if b"<edm:type>" in delivered else b"",
    }
    if rendering.settings.output.feeds:
        made["oai"] = content.stream
    if played := episode(rendering, block, description):
        made |= {
            "iiif": iiif(played, base),
            "chapters": chapters(played),
            "track": track(played),
            "item": item(played, base),
            "day": played.published.encode()[:10],
        }
    return made


def _revised(record: str, made: bytes, dated: Dated) -> bytes:
    """Return when a record was revised, for the network demands it, where its page does not tell."""
    told = f"<{record}> {_REVISED} "
    if f"\n{told}".encode() in b"\n" + made:
        return b""
    return f"{told}{ox.Literal(dated(record), datatype=_DATE_TIME)} .\n".encode()


def _graph(block: bytes) -> str:
    start = block.rindex(b" <") + 2
    return block[start : block.rindex(b"> .")].decode()
