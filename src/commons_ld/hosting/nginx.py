"""Snippets for nginx: maps for the ``http`` block, and what a ``server`` block includes, where PHP runs with OAI-PMH.

What was withdrawn is known by what lies in ``gone/``, and not told here: the server needs not be told of each export.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from commons_ld.feeds import tombstones
from commons_ld.folders import SHARD, SHARED_OUT, patterns
from commons_ld.hosting.table import (
    ASKED_AGAIN,
    DESCRIBED,
    DOCUMENTS,
    FULL,
    KINDS,
    MARKED,
    NAMED,
    TYPES,
    Document,
    Served,
    full_pages,
    gone_pattern,
    languages,
    wanted,
)

__all__ = ["OAI", "nginx"]

#: What answers OAI-PMH where PHP runs.
OAI: Final = b"""\
# For the server block, beside commons-ld-site.conf, where PHP runs; Written by commons-ld.
# Say before it where PHP listens: set $commons_ld_php unix:/run/php/php-fpm.sock;
location = /oai {
  include fastcgi_params;
  fastcgi_param SCRIPT_FILENAME $document_root/feeds/oai/oai.php;
  fastcgi_param HTTP_HOST $http_host;
  fastcgi_pass $commons_ld_php;
}
"""


def nginx(served: Served) -> tuple[bytes, bytes]:
    """Return what goes into the ``http`` block, and what into the ``server`` block, of a site at the top of a host."""
    http = [
        "# For the http block: include commons-ld-maps.conf; Written by commons-ld.",
        *_map("$http_accept", "$commons_ld_type", wanted(), empty="text/html", default="none"),
        *_map("$http_accept", "$commons_ld_described_type", wanted(DESCRIBED), empty="text/html", default="none"),
        *_map("$http_accept_language", "$commons_ld_language", languages(), empty="fr", default="fr"),
        *_suffixes("$commons_ld_suffix", "$commons_ld_type", DOCUMENTS),
        *_suffixes("$commons_ld_described_suffix", "$commons_ld_described_type", DESCRIBED),
        *(_maps_of_digits() if served.is_sharded else ()),
        "map $uri $commons_ld_page_language {",
        '  "~\\.en\\.html$" en;',
        '  "~\\.html$" fr;',
        '  default "";',
        "}",
        "map $request_uri $commons_ld_keeping {",
        f'  "~^/{full_pages(served.last_page)}$" "{FULL}";',
        f'  "~^/design/[^/?]+\\?v=[0-9a-f]+$" "{MARKED}";',
        f"  default {ASKED_AGAIN};",
        "}",
        "map $uri $commons_ld_gone {",
        f'  "~^/{gone_pattern()}$" $1;',
        '  default "";',
        "}",
    ]
    types = [f"  {type_} {suffix[1:]};" for suffix, type_ in TYPES.items() if not suffix.endswith(".gz")]
    server = [
        "# For the server block, with root at the site: include commons-ld-site.conf; Written by commons-ld.",
        "types {",
        *types,
        "}",
        "default_type application/octet-stream;",
        "charset utf-8;",
        "charset_types text/html text/css text/plain text/turtle text/vtt text/javascript application/n-triples "
        "application/n-quads application/trig;",
        "index index.html;",
        "error_page 404 /404.html;",
        "error_page 410 @commons_ld_gone;",
        'add_header Access-Control-Allow-Origin "*" always;',
        'add_header X-Content-Type-Options "nosniff" always;',
        "add_header Content-Language $commons_ld_page_language always;",
        "add_header Cache-Control $commons_ld_keeping;",
        "# What was withdrawn, and pages of feeds that were issued anew, are known by what lies in their place.",
        f"if (-f $document_root/{tombstones.FOLDER}$commons_ld_gone.html) {{ return 410; }}",
        f"if (-f $document_root/{tombstones.FOLDER.rstrip('/')}$uri) {{ return 410; }}",
        "location @commons_ld_gone {",
        *_headers(),
        f"  try_files /{tombstones.FOLDER.rstrip('/')}$uri /{tombstones.FOLDER}$commons_ld_gone.html =410;",
        "}",
        'location ~ "/\\.(ht|nojekyll)" { return 404; }',
        *(f"location = /{path} {{ return {f'301 /{to}' if to else 410}; }}" for path, to in served.moved.items()),
        *(_shared_out() if served.is_sharded else ()),
        f'location ~ "^/(?:{"|".join(KINDS)})/[a-z0-9-]+$" {{',
        *_answers("$uri", "$commons_ld_suffix"),
        "}",
        'location ~ "^(?<commons_ld_record>/(?:session|media)/[a-z0-9-]+)/.+$" {',
        *_answers("$commons_ld_record", "$commons_ld_suffix"),
        "}",
        'location ~ "^/(?:dataset|catalog)$" {',
        *_answers("/", "$commons_ld_described_suffix"),
        "}",
        *(f"location = /{path} {{ types {{ }} default_type {type_}; }}" for path, type_ in NAMED.items()),
        *(
            f'location ~ "{suffix.replace(".", chr(92) + ".")}$" {{ types {{ }} default_type {type_}; }}'
            for suffix, type_ in TYPES.items()
            if suffix.endswith(".gz")
        ),
    ]
    return _text(http), _text(server)


def _maps_of_digits() -> Iterator[str]:
    """Yield the maps that tell each digit of the folder in which a file lies."""
    for number, pattern in enumerate(patterns()):
        yield f'map $uri $commons_ld_digit{number} {{\n  "~^/{pattern}$" 0;\n  default 1;\n}}'


def _shared_out() -> Iterator[str]:
    """Yield what finds a file in its folder, which nobody has to know of."""
    digits = "".join(f"${{commons_ld_digit{number}}}" for number, _ in enumerate(patterns()))
    yield f'location ~ "/{SHARD}/" {{ internal; }}'
    # To look a digit up in its map changes $1 and $2.
    place = f"/${{commons_ld_before}}_{digits}/$commons_ld_after"
    yield f'location ~ "^/{SHARED_OUT}$" {{ rewrite ^ {place} last; }}'


def _answers(start: str, suffix: str) -> list[str]:
    """Return the body of a location that leads to a document."""
    return [
        *_headers(),
        '  add_header Vary "Accept, Accept-Language" always;',
        f'  if ({suffix} = "none") {{ return 406; }}',
        f"  return 303 {start}{suffix};",
    ]


def _headers() -> list[str]:
    """Return what a location says that has headers of its own: nginx forgets the others there."""
    return [
        '  add_header Access-Control-Allow-Origin "*" always;',
        '  add_header X-Content-Type-Options "nosniff" always;',
        f"  add_header Cache-Control {ASKED_AGAIN} always;",
    ]


def _map(source: str, target: str, rows: Iterable[tuple[str, str]], *, empty: str, default: str) -> list[str]:
    lines = (f'  "~*{pattern}" {value};' for pattern, value in rows)
    return [f"map {source} {target} {{", f'  "" {empty};', *lines, f"  default {default};", "}"]


def _suffixes(target: str, type_: str, documents: tuple[Document, ...]) -> list[str]:
    """Return what adds the suffix of the document of a type and a language; of the dataset, a name and a suffix."""
    is_dataset = documents is DESCRIBED
    lines = []
    for document in documents:
        name = ("dataset" if document.language else "catalog") if is_dataset else ""
        languages_ = [document.language] if document.language else ["fr", "en"]
        lines += [f'  "{document.media_type}:{tag}" {name}{document.suffix};' for tag in languages_]
    return [f'map "{type_}:$commons_ld_language" {target} {{', *lines, "  default none;", "}"]


def _text(lines: Iterable[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
