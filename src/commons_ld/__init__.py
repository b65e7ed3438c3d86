"""commons-ld: linked data from archives of recorded conversations."""

from commons_ld.errors import CommonsError
from commons_ld.library import export, read, to_graph, validate
from commons_ld.record import MediaRecord
from commons_ld.settings import Settings, load_settings

__all__ = ["CommonsError", "MediaRecord", "Settings", "export", "load_settings", "read", "to_graph", "validate"]

__version__ = "0.1.0"
