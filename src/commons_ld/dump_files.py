"""Which files the whole dataset is published as: the settings tell in which syntaxes, plain, compressed or both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from commons_ld.rdf.formats import FORMATS, RdfFormat, dump_name
from commons_ld.settings import OutputSettings

__all__ = ["ALL", "DumpFile", "Dumps"]


class DumpFile(NamedTuple):
    """A file that holds the dataset.

    :param is_packed: whether it is packed by gzip
    """

    name: str
    format: RdfFormat
    is_packed: bool

    @property
    def media_type(self) -> str:
        """The media type, with a suffix for what it is packed by (RFC 6839, section 3.7)."""
        return f"{self.format.media_type}{'+gzip' if self.is_packed else ''}"


class Dumps(NamedTuple):
    """Which dumps are written, and as what.

    :param formats: the syntaxes, in the order of :data:`commons_ld.rdf.formats.FORMATS`; the first is N-Quads
    :param is_plain: whether they are written as they are
    :param is_packed: whether they are written compressed

    >>> [file.name for file in Dumps.of(OutputSettings(dumps=("turtle", "n-quads"), compression="compressed")).files()]
    ['dataset.nq.gz', 'dataset.ttl.gz']
    """

    formats: tuple[RdfFormat, ...] = FORMATS
    is_plain: bool = True
    is_packed: bool = True

    @classmethod
    def of(cls, output: OutputSettings) -> Dumps:
        """Return those of the settings."""
        formats = tuple(format_ for format_ in FORMATS if format_.name in output.dumps)
        return cls(formats, output.compression != "compressed", output.compression != "plain")

    @property
    def has_merged(self) -> bool:
        """Whether one of them holds a single graph, in which what records share stands once."""
        return not all(format_.has_named_graphs for format_ in self.formats)

    def files(self) -> Iterator[DumpFile]:
        """Yield the files, those of one syntax after those of another."""
        for format_ in self.formats:
            if self.is_plain:
                yield DumpFile(dump_name(format_), format_, is_packed=False)
            if self.is_packed:
                yield DumpFile(f"{dump_name(format_)}.gz", format_, is_packed=True)

    def each(self) -> Iterator[DumpFile]:
        """Yield one file of each syntax: as it is, and only if it is not written so, compressed."""
        return (file for file in self.files() if file.is_packed != self.is_plain)


#: All of them, as they are and compressed.
ALL: Final = Dumps()
