"""The blocks of a publication that belong to no page: what the archive is, its concepts, registers and crosswalk."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

import msgspec

from commons_ld import vocabulary
from commons_ld.alignments import Alignments
from commons_ld.catalog import alignments_block, catalog_block, concepts_block
from commons_ld.concepts import Concepts, concepts_file, concepts_text
from commons_ld.crosswalk_graph import crosswalk_block
from commons_ld.iris import IriPolicy
from commons_ld.origin import Origin
from commons_ld.outputs.report import PageReport
from commons_ld.pipeline.converting import Findings
from commons_ld.rdf.block import Block
from commons_ld.record import Remark
from commons_ld.registers import Registers
from commons_ld.settings import Settings
from commons_ld.validation import Shapes

__all__ = ["OwnBlocks"]


def _remarks(settings: Settings) -> Iterator[Remark]:
    """Yield what there is to say of the settings that no shape sees: IRIs in the name of somebody else."""
    ours = Settings()
    if settings.base_iri == ours.base_iri and settings.dataset.publisher != ours.dataset.publisher:
        yield Remark("foreign-base", "base_iri", settings.base_iri, hint=settings.dataset.publisher)


class OwnBlocks:
    """The blocks that belong to no page, and what the shapes say of them.

    :param registers: without the rows of those who asked to be forgotten
    """

    def __init__(
        self, settings: Settings, concepts: Concepts, registers: Registers, alignments: Alignments, shapes: Shapes
    ) -> None:
        self._settings, self._concepts, self._registers = settings, concepts, registers
        self._alignments, self._shapes = alignments, shapes
        self._policy: Final = IriPolicy(settings.base_iri)

    def blocks(self) -> Iterator[bytes]:
        """Yield them as they begin the dump."""
        yield from (block.data for block, _ in self._checked)
        yield crosswalk_block(self._settings).data
        if self._alignments.statements:
            yield alignments_block(self._settings, self._alignments).data

    def findings(self) -> list[Findings]:
        """Return what was found about those that the shapes are asked about."""
        return [findings for _, findings in self._checked]

    @cached_property
    def _checked(self) -> list[tuple[Block, Findings]]:
        blocks = [catalog_block(self._settings), concepts_block(self._settings, self._concepts)]
        origins = [Origin("commons-ld.toml"), Origin("ontology/concepts.ttl")]
        if registers := self._registers.block(self._policy):
            blocks.append(registers)
            origins.append(Origin(self._settings.agents.people_register))
        findings = []
        for origin, block, found in zip(
            origins, blocks, self._shapes.validate(blocks, policy=self._policy), strict=True
        ):
            checked = any(found.focus_nodes.values())
            told = PageReport(origin=origin, iri=block.subject, is_checked=checked, results=found.results)
            if origin.path == "commons-ld.toml":
                told = msgspec.structs.replace(told, remarks=tuple(_remarks(self._settings)))
            if origin.path == "ontology/concepts.ttl":
                more = vocabulary.results_of(concepts_text(self._settings), str(concepts_file(self._settings)))
                told = msgspec.structs.replace(told, results=(*told.results, *more))
            # An IRI that was replaced is none that a shape has to meet.
            kinds = {} if block is registers else found.kinds
            findings.append(Findings(told, found.focus_nodes, kinds, block.statements))
        return list(zip(blocks, findings, strict=True))
