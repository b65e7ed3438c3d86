"""The short names in a graph that an engine wrote with all of ours: those that nothing in it uses are left out."""

from __future__ import annotations

import re
from typing import Final

from commons_ld.rdf.formats import RDF_XML, TRIG, TURTLE

__all__ = ["used_alone"]

#: How the engine declares a name: in Turtle and TriG on a line of its own before all else, in RDF/XML in the first tag.
_HEAD: Final = re.compile(rb"(?:@prefix [^\n]*\n)+")
_LINE: Final = re.compile(rb"@prefix ([\w-]*:) [^\n]*\n")
_TAG: Final = re.compile(rb"<rdf:RDF[^>]*>")
_NAME: Final = re.compile(rb' xmlns:([\w-]+)="[^"]*"')


def used_alone(graph: bytes, media_type: str) -> bytes:
    """Return a graph without the declarations of names that stand nowhere in it; other syntaxes stay as they are.

    A name that stands in a text only keeps its declaration: that is no harm.

    >>> head = b"@prefix a: <http://a.test/> .\\n@prefix b: <http://b.test/> .\\n"
    >>> used_alone(head + b"<http://e.test/> a b:c .\\n", "text/turtle")
    b'@prefix b: <http://b.test/> .\\n<http://e.test/> a b:c .\\n'
    """
    if media_type in (TURTLE.media_type, TRIG.media_type):
        head = _HEAD.match(graph)
        end = head.end() if head else 0
        body = graph[end:]
        return _LINE.sub(lambda line: line[0] if line[1] in body else b"", graph[:end]) + body
    if media_type == RDF_XML.media_type and (tag := _TAG.search(graph)):
        body = graph[tag.end() :]
        kept = _NAME.sub(lambda name: name[0] if b"%b:" % name[1] in body else b"", tag[0])
        return graph[: tag.start()] + kept + body
    return graph
