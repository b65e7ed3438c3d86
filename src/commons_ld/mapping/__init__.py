"""The mapping: records become blocks of N-Quads, as one table says which is compiled to code."""

from commons_ld.mapping.mapper import Block, Candidate, Mapper

__all__ = ["Block", "Candidate", "Mapper"]
