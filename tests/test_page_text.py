"""The reader of rendered pages, beyond the cases in ``cases/pages``."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hostile import PIECES, anything, check, is_linear, read_all

from commons_ld.errors import NotARecord, SourceError
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord
from commons_ld.sources import by_suffix, page_text

SOURCE = by_suffix("page.txt")
