"""Blocks with defects, and records: what can be wrong with a statement, a node, a block or a field, at random."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any, Final, NamedTuple

import msgspec
from msgspec.structs import replace

from benchmarks.records import archive, make_records
from commons_ld.artefacts import artefact
from commons_ld.concepts import Concepts
from commons_ld.mapping import Block as MappedBlock
from commons_ld.mapping import Mapper
from commons_ld.mapping.tokens import decode
from commons_ld.origin import Origin
from commons_ld.rdf.block import Outline
from commons_ld.record import Document, Guest, Link, MediaRecord, Note, RecordFields
from commons_ld.validation import Shapes

__all__ = ["DEFECTS", "Block", "good_blocks", "outlined_blocks", "spoiled", "spoiled_record"]


class Block(NamedTuple):
    """A block as validation sees it."""

    graph: str
    subject: str
    data: bytes
    outline: Outline | None = None

    def with_statements(self, statements: list[bytes]) -> Block:
        """Return the block with other statements, each without its graph."""
        tail = b" <%b> .\n" % self.graph.encode()
        return self._replace(data=b"".join(sorted({statement + tail for statement in statements})))

    @property
    def statements(self) -> list[bytes]:
        """What it says, without its graph."""
        return self.data.split(b" <%b> .\n" % self.graph.encode())[:-1]


def good_blocks(count: int, seed: int = 1) -> Iterator[Block]:
    """Yield the blocks of invented records, in which little or nothing is found."""
    mapper = Mapper(archive(), Concepts.load(artefact("ontology/concepts.ttl")))
    for fields in make_records(count, seed=seed):
        values = {name: getattr(fields, name) for name in fields.__struct_fields__}
        made = mapper.block(MediaRecord(**values, origin=Origin("invented")), fields.identifier)
        yield Block(made.graph, made.subject, made.data)


def _object(statement: bytes, new: bytes) -> bytes:
    subject, predicate, _ = statement.split(b" ", 2)
    return b"%b %b %b" % (subject, predicate, new)


_XSD: Final = b"http://www.w3.org/2001/XMLSchema#"
#: Objects that some property does not have, and some has.
_OTHERS: Final = (
    b'""', b'" "@fr', b'"x"', b'"x"@fr', b'"x"@en', b'"x@y.example"', b'"21.12 Autre"@fr', b'"21.345"@fr', b'"un\\nun"@xx',
    b'"2021-12-02"^^<%bdate>' % _XSD, b'"2021-02-30"^^<%bdate>' % _XSD, b'"1999"^^<%bgYear>' % _XSD,
    b'"2031-01"^^<%bgYearMonth>' % _XSD, b'"PT1H"^^<%bduration>' % _XSD, b'"1 h"^^<%bduration>' % _XSD,
    b'"2021-12-02T10:00:00Z"^^<%bdateTime>' % _XSD, b'"2021-12-02T10:00:00"^^<%bdateTime>' % _XSD,
    b'"0"^^<%binteger>' % _XSD, b'"007"^^<%binteger>' % _XSD, b'"-3"^^<%binteger>' % _XSD, b'"12 pages"@fr',
    b"<https://example.org/elsewhere>", b"<https://schema.org/Person>", b"<https://schema.org/Comment>",
    b"<https://w3id.org/commons-ld/remix/concept/plaidoyer>", b"<https://w3id.org/commons-ld/ontology#Session>",
    b"<http://purl.org/dc/dcmitype/Sound>", b"<http://purl.org/dc/dcmitype/Collection>",
)  # fmt: skip


def _drop(chance: Random, statements: list[bytes]) -> None:
    del statements[chance.randrange(len(statements))]


def _drop_node(chance: Random, statements: list[bytes]) -> None:
    subject = chance.choice(statements).split(b" ", 1)[0]
    statements[:] = [one for one in statements if not one.startswith(subject + b" ")] or statements


def _other_object(chance: Random, statements: list[bytes]) -> None:
    place = chance.randrange(len(statements))
    statements[place] = _object(statements[place], chance.choice(_OTHERS))


def _one_more_object(chance: Random, statements: list[bytes]) -> None:
    statements.append(_object(chance.choice(statements), chance.choice(_OTHERS)))


def _object_of_another(chance: Random, statements: list[bytes]) -> None:
    place = chance.randrange(len(statements))
    statements[place] = _object(statements[place], chance.choice(statements).split(b" ", 2)[2])


def _other_predicate(chance: Random, statements: list[bytes]) -> None:
    place = chance.randrange(len(statements))
    subject, _, value = statements[place].split(b" ", 2)
    statements[place] = b"%b %b %b" % (subject, chance.choice(statements).split(b" ", 2)[1], value)


def _other_subject(chance: Random, statements: list[bytes]) -> None:
    place = chance.randrange(len(statements))
    _, predicate, value = statements[place].split(b" ", 2)
    others = [*(one.split(b" ", 1)[0] for one in statements), b"<https://example.org/new>", b"_:b0"]
    statements[place] = b"%b %b %b" % (chance.choice(others), predicate, value)


def _other_class(chance: Random, statements: list[bytes]) -> None:
    types = [place for place, one in enumerate(statements) if b"#type> " in one]
    place = chance.choice(types)
    other = _object(statements[place], chance.choice(statements[types[0] :]).split(b" ", 2)[2])
    statements[place] = chance.choice([other, _object(statements[place], chance.choice(_OTHERS))])


def _other_end(chance: Random, statements: list[bytes]) -> None:
    texts = [place for place, one in enumerate(statements) if b'"' in one]
    place = chance.choice(texts)
    text = statements[place][: statements[place].rindex(b'"') + 1]
    end = chance.choice([b"", b"@fr", b"@en", b"@en-gb", b"@xx", b"^^<%bdate>" % _XSD, b"^^<%binteger>" % _XSD])
    statements[place] = text + end


def _subclass(chance: Random, statements: list[bytes]) -> None:
    below = b"<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
    statements.append(b"<https://schema.org/Thing> %b <https://schema.org/Person>" % below)
    _other_class(chance, statements)


def _blank(chance: Random, statements: list[bytes]) -> None:
    place = chance.randrange(len(statements))
    statements[place] = _object(statements[place], b"_:b1")


#: What changes the statements of a block, each in another way.
DEFECTS: Final[tuple[Callable[[Random, list[bytes]], None], ...]] = (
    _drop, _drop_node, _other_object, _one_more_object, _object_of_another, _other_predicate, _other_subject, _other_class,
    _other_end, _subclass, _blank,
)  # fmt: skip


def spoiled(block: Block, number: int) -> Block:
    """Return a block with one to three defects; the same for the same number."""
    chance = Random(number)
    statements = block.statements
    DEFECTS[number % len(DEFECTS)](chance, statements)
    for _ in range(chance.randrange(3)):
        chance.choice(DEFECTS)(chance, statements)
    return block.with_statements(statements)


def outlined_blocks(shapes: Shapes, records: Iterable[RecordFields], *, tokens: bool = True) -> Iterator[MappedBlock]:
    """Yield the blocks of records as the pipeline makes them, with what the guard of some shapes wants to know.

    :param tokens: whether the texts of the records are tokens of JSON
    """
    mapper = Mapper(archive(), Concepts.load(artefact("ontology/concepts.ttl")), outliner=shapes.outliner)
    for fields in records:
        values = {name: getattr(fields, name) for name in fields.__struct_fields__}
        record = decode(msgspec.json.encode(fields)) if tokens else MediaRecord(**values, origin=Origin("invented"))
        yield mapper.block(record, fields.identifier, (f"Ancien {fields.title}",) if len(fields.title) % 5 == 0 else ())


_TEXTS: Final = (
    "",
    " ",
    "\u00a0",
    "x",
    "21.12 Autre",
    "12.01 Autre",
    "x@y.example",
    "un\ndeux",
    '"quoi" \\ là',
    "a" * 300,
    "<p>",
)
_DATES: Final = (
    "",
    "2021",
    "2021-12",
    "2021/12/02",
    "2021-02-30",
    "jadis",
    "1999-01-01",
    "2031-01-01",
    "0000",
    "2021-13",
)
_NAMES: Final = ("", " ", "Ana Exemple", "Atelier du Préau commun", "x@y.example", "Éloïane D’Orvalune", "ana  exemple")
_LABELS: Final = ("", " ", "Plaidoyer", "État partenaire", "Tout autre chose", "Puissance publique", "???")
_CODES: Final = ("", "FR", "EN", "français", "klingon", "Autre", "France", "Belgique", "Atlantide", "und")
_BASE: Final = "https://w3id.org/commons-ld/remix/"
_ADDRESSES: Final = (
    "", "nulle part", "https://a.example/", "https://a.example/son.ogg", "https://a.example/é", "ftp://a.example/x",
    f"{_BASE}person/ana-exemple", f"{_BASE}collection/appel-en-commun", f"{_BASE}concept/plaidoyer",
)  # fmt: skip


def _own(fields: RecordFields) -> tuple[str, ...]:
    """Return the addresses of what a record describes itself."""
    own = f"{_BASE}session/{fields.identifier}"
    return own, f"{own}/recording", f"{own}/note/1", f"{own}/participant/1", f"{own}/document/1"


def _some(chance: Random, values: tuple[Any, ...], most: int = 3) -> tuple[Any, ...]:
    return tuple(chance.choice(values) for _ in range(chance.randrange(most + 1)))


#: What a field may hold instead, good or bad.
_FIELDS: Final[dict[str, Callable[[Random, RecordFields], Any]]] = {
    "title": lambda chance, _: chance.choice(_TEXTS[1:]),
    "kind": lambda chance, _: chance.choice(("session", "media")),
    "text_language": lambda chance, _: chance.choice(("en", "fr", "xx", "fr-be", "de", "pas une langue")),
    "page": lambda chance, fields: chance.choice((*_ADDRESSES, *_own(fields))),
    "collections": lambda chance, _: _some(chance, (*_NAMES, "Appel en commun")),
    "objets_de_commun": lambda chance, _: _some(chance, _LABELS),
    "enjeux": lambda chance, _: _some(chance, _LABELS),
    "actions": lambda chance, _: _some(chance, _LABELS),
    "resultats_attendus": lambda chance, _: _some(chance, _LABELS),
    "description": lambda chance, _: chance.choice(_TEXTS),
    "abstract": lambda chance, _: chance.choice(_TEXTS),
    "created": lambda chance, _: chance.choice(_DATES),
    "issued": lambda chance, _: chance.choice(_DATES),
    "duration": lambda chance, _: chance.choice(("", "01:00:00", "12 pages", "1 h", "00:00:00", "PT1H", "00/25:00")),
    "languages": lambda chance, _: _some(chance, _CODES),
    "countries": lambda chance, _: _some(chance, _CODES),
    "media_type": lambda chance, _: chance.choice(("", "Audio", "Vidéo", "Texte", "Multimédia", "Rêve")),
    "producers": lambda chance, _: _some(chance, _NAMES),
    "participants": lambda chance, _: _some(chance, _NAMES),
    "authors": lambda chance, _: _some(chance, _NAMES),
    "guests": lambda chance, _: tuple(Guest(name, chance.choice(_TEXTS)) for name in _some(chance, _NAMES)),
    "broadcast_url": lambda chance, fields: chance.choice((*_ADDRESSES, *_own(fields))),
    "website": lambda chance, fields: chance.choice((*_ADDRESSES, *_own(fields))),
    "image": lambda chance, _: chance.choice((*_ADDRESSES, "Fichier:Quai.jpg", "quai.jpg")),
    "coordinates": lambda chance, _: chance.choice(("45.76, 4.835", "ici", "0, 0", "91, 0")),
    "documents": lambda chance, _: tuple(Document(text, chance.choice(_ADDRESSES)) for text in _some(chance, _TEXTS)),
    "links": lambda chance, fields: tuple(
        Link(chance.choice((*_ADDRESSES, *_own(fields))), text) for text in _some(chance, _TEXTS, 4)
    ),
    "notes_heading": lambda chance, _: chance.choice(_TEXTS),
    "notes": lambda chance, _: tuple(
        Note(
            author=chance.choice(_NAMES),
            time=chance.choice(("", "14:09", "25:00", "midi")),
            text=text,
            reply_to=chance.choice((0, 0, 1, 2, 99)),
            participant=chance.choice((0, 1, 1, 2)),
        )
        for text in _some(chance, _TEXTS, 12)
    ),
    "pad": lambda chance, _: chance.choice(_ADDRESSES),
}  # fmt: skip


def spoiled_record(fields: RecordFields, number: int) -> RecordFields:
    """Return a record with one to four fields that hold something else; the same for the same number."""
    chance = Random(number)
    names = sorted(_FIELDS)
    wrong = {names[number % len(names)], *(chance.choice(names) for _ in range(chance.randrange(4)))}
    return replace(fields, **{name: _FIELDS[name](chance, fields) for name in sorted(wrong)})
