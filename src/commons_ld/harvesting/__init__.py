"""Harvest another archive: keep a copy of its linked data, and bring it up to date by what its feeds tell.

>>> import commons_ld.harvesting as harvesting
>>> sorted(harvesting.PROTOCOLS)
['ldes', 'oai-pmh', 'resourcesync', 'schema.org']
"""

from commons_ld.harvesting.task import PROTOCOLS, Harvested, Task, default_folder, harvest
from commons_ld.harvesting.telling import to_json, to_text

__all__ = ["PROTOCOLS", "Harvested", "Task", "default_folder", "harvest", "to_json", "to_text"]
