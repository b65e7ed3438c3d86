"""What stores make of values, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from commons_ld.stores import publication
from commons_ld.stores.publication import Place
from commons_ld.stores.values import Term, changed_kind, to_bytes
from commons_ld.stores.verifying import Change, Damage, Verified, verify

XSD = "http://www.w3.org/2001/XMLSchema#"


def typed(text: str, name: str) -> bytes:
    """Return a literal."""
    return f'"{text}"^^<{XSD}{name}>'.encode()


@pytest.mark.parametrize(
    ("sent", "held", "kind"),
    [
        # What Virtuoso 7.2 gives in its results.
        (typed("PT1H", "duration"), typed("3600.0", "duration"), "xsd:duration"),
        (typed("PT12M30S", "duration"), typed("750.3", "duration"), "xsd:duration"),
        (typed("PT59M59S", "duration"), typed("3599.59", "duration"), "xsd:duration"),
        (typed("PT2H54M46S", "duration"), typed("10486.5", "duration"), "xsd:duration"),
        (typed("P1DT2H", "duration"), typed("93600.0", "duration"), "xsd:duration"),
        (typed("true", "boolean"), typed("1", "boolean"), "xsd:boolean"),
        (typed("true", "boolean"), typed("1", "integer"), "xsd:boolean"),
        (typed("4.50", "decimal"), typed("4.5", "decimal"), "xsd:decimal"),
        (typed("7", "nonNegativeInteger"), typed("7", "integer"), "xsd:nonNegativeInteger"),
        (typed("2021-12-02T14:19:00+01:00", "dateTime"), typed("2021-12-02T13:19:00Z", "dateTime"), "xsd:dateTime"),
        (typed("2021-12-02T14:19:00Z", "dateTime"), typed("2021-12-02T14:19:00.000Z", "dateTime"), "xsd:dateTime"),
        (typed("2021-12-02", "date"), typed("2021-12-02Z", "date"), "xsd:date"),
        (b'"eau"@fr-CA', b'"eau"@fr-ca', "language tag"),
        # Other values.
        (typed("PT1H", "duration"), typed("3601.0", "duration"), ""),
        (typed("PT12M30S", "duration"), typed("750.31", "duration"), ""),
        (typed("PT2H54M46S", "duration"), typed("10487.5", "duration"), ""),
        (typed("PT2000H1S", "duration"), typed("7200000.1", "duration"), ""),
        (typed("true", "boolean"), typed("0", "boolean"), ""),
        (typed("true", "boolean"), typed("maybe", "boolean"), ""),
        (typed("4.5", "decimal"), typed("4.51", "decimal"), ""),
        (typed("4.5", "decimal"), b'"4.5"', ""),
        (typed("4.5", "decimal"), typed("four", "decimal"), ""),
        (typed("2021-12-02T14:19:00Z", "dateTime"), typed("2021-12-02T14:19:01Z", "dateTime"), ""),
        (typed("2021-12-02T14:19:00Z", "dateTime"), typed("then", "dateTime"), ""),
        (typed("2021-12-02", "date"), typed("2021-12-03", "date"), ""),
        (b'"eau"@fr', b'"Eau"@fr', ""),
        (b'"eau"@fr', b'"eau"@en', ""),
        (b'"eau"@fr', b'"eau"', ""),
        (b'"eau"', b'"eaux"', ""),
        (b"<http://a/b>", b"<http://a/>", ""),
        (b"<http://a/b>", b'"http://a/b"', ""),
    ],
)
def test_a_value_in_another_form_is_told_from_another_value(sent: bytes, held: bytes, kind: str) -> None:
    """What a store may do to a term, and what is damage."""
    assert changed_kind(sent, held) == kind


@pytest.mark.parametrize(
    ("term", "written"),
    [
        (Term("uri", "http://a/é"), "<http://a/é>"),
        (Term("literal", 'a "b"\n\\'), r'"a \"b\"\n\\"'),
        (Term("literal", "a", f"{XSD}string"), '"a"'),
        (Term("literal", "a", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString", "fr"), '"a"@fr'),
        (Term("bnode", "b0"), "_:b0"),
    ],
)
def test_terms_of_answers_are_written_as_the_dump_writes_them(term: Term, written: str) -> None:
    """Canonical N-Quads, so that hashes can be compared."""
    assert to_bytes(term) == written.encode()


LINES = {
    "a": ['<http://a/a> <http://a/p> "1"', f'<http://a/a> <http://a/q> "PT1H"^^<{XSD}duration>'],
    "b": ['<http://a/b> <http://a/p> "2"', f'<http://a/b> <http://a/q> "PT2H"^^<{XSD}duration>'],
    "c": ['<http://a/c> <http://a/p> "3"'],
}


def verified(folder: Path, changed: Mapping[str, Sequence[str]]) -> Verified:
    """Verify a store that holds other lines than it was sent in some graphs."""
    dump = folder / "dataset.nq"
    dump.write_text("".join(f"{line} <http://a/g/{name}> .\n" for name, said in LINES.items() for line in said))

    def read(places: Sequence[Place]) -> dict[str, list[bytes]]:
        held = LINES | dict(changed)
        return {
            place.iri: [f"{line} .".encode() for line in reversed(held[place.iri.rpartition("/")[2]])]
            for place in places
        }

    return verify(dump, publication.places(dump), read)


def test_a_store_that_holds_everything_is_whole(tmp_path: Path) -> None:
    """In whatever order it gives it."""
    assert verified(tmp_path, {}) == Verified(3, 5, 3, 0, (), ())


def test_values_in_another_form_are_counted_and_are_no_damage(tmp_path: Path) -> None:
    """One line a datatype, with an example."""
    changed = {name: [LINES[name][0], f'<http://a/{name}> <http://a/q> "{n}.0"^^<{XSD}duration>']
               for name, n in (("a", 3600), ("b", 7200))}  # fmt: skip
    found = verified(tmp_path, changed)

    assert (found.whole, found.damaged, found.damages) == (1, 0, ())
    assert found.changes == (Change("xsd:duration", 2, f'"PT1H"^^<{XSD}duration>', f'"3600.0"^^<{XSD}duration>'),)


def test_other_statements_are_damage(tmp_path: Path) -> None:
    """Lost, added, another value; the graph is named with an example."""
    found = verified(tmp_path, {"a": LINES["a"][1:], "b": [*LINES["b"], "<http://a/b> <http://a/p> 'x'"], "c": []})

    assert (found.whole, found.damaged, found.changes) == (0, 3, ())
    assert found.damages == (
        Damage("http://a/g/a", 1, 0, '<http://a/a> <http://a/p> "1" .'),
        Damage("http://a/g/b", 0, 1, "<http://a/b> <http://a/p> 'x' ."),
        Damage("http://a/g/c", 1, 0, '<http://a/c> <http://a/p> "3" .'),
    )


def test_two_values_that_become_one_are_damage(tmp_path: Path) -> None:
    """One statement of the store answers for one of ours."""
    twice = [f'<http://a/a> <http://a/q> "{text}"^^<{XSD}duration>' for text in ("PT1H", "PT60M")]
    held = f'<http://a/a> <http://a/q> "3600.0"^^<{XSD}duration> .'
    dump = tmp_path / "dataset.nq"
    dump.write_text("".join(f"{line} <http://a/g/a> .\n" for line in twice))
    found = verify(dump, publication.places(dump), lambda _some: {"http://a/g/a": [held.encode()]})

    assert (found.damaged, found.damages[0].lost) == (1, 1)
