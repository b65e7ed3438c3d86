"""What tells web servers how to answer: content negotiation, media types and headers, generated from one table."""

from __future__ import annotations

from commons_ld.hosting.apache import htaccess
from commons_ld.hosting.caddy import caddyfile
from commons_ld.hosting.nginx import OAI, nginx
from commons_ld.hosting.table import DOCUMENTS, TYPES, Document, Served

__all__ = ["DOCUMENTS", "OAI", "TYPES", "Document", "Served", "caddyfile", "htaccess", "nginx"]
