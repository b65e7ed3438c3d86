"""What terms that a query made are worth, for whoever writes them elsewhere than in RDF."""

from __future__ import annotations

from commons_ld.outputs.terse import unescaped

__all__ = ["language", "value"]


def value(term: bytes) -> bytes:
    r"""Return an IRI, or the text of a literal.

    :param term: as canonical N-Triples has it

    >>> value(b'"un \\"pacte\\""@fr'), value(b"<http://e/a>")
    (b'un "pacte"', b'http://e/a')
    """
    if term[:1] == b"<":
        return term[1:-1]
    text = term[1 : term.rindex(b'"')]
    return unescaped(text) if b"\\" in text else text


def language(term: bytes) -> str:
    """Return the language of a literal, or ``""``.

    >>> language(b'"un"@fr')
    'fr'
    """
    kind = b"" if term[:1] == b"<" else term[term.rindex(b'"') + 1 :]
    return kind[1:].decode() if kind[:1] == b"@" else ""
