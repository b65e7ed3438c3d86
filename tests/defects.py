"""Blocks with defects: what can be wrong with a statement, a node or a block, at random."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Final, NamedTuple

from benchmarks.records import archive, make_records
from commons_ld.artefacts import artefact
from commons_ld.concepts import Concepts
from commons_ld.mapping import Mapper
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord

__all__ = ["DEFECTS", "Block", "good_blocks", "spoiled"]


class Block(NamedTuple):
    """A block as validation sees it."""

    graph: str
    subject: str
    data: bytes

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
