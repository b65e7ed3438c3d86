"""Renderings: the one graph in the words that each harvester reads, made by a CONSTRUCT query a harvester."""

from commons_ld.rendering.constructing import Rendering
from commons_ld.rendering.xml import edm, oai_dc

__all__ = ["Rendering", "edm", "oai_dc"]
