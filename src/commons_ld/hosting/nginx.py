"""Two snippets for nginx, as one file: maps for the ``http`` block, and what a ``server`` block includes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from commons_ld.hosting.table import (
    DESCRIBED,
    DOCUMENTS,
    KINDS,
    NAMED,
    TYPES,
    Document,
    gone_pattern,
    languages,
    wanted,
)

__all__ = ["nginx"]


def nginx(gone: Iterable[str], moved: Mapping[str, str]) -> tuple[bytes, bytes]:
    """Return what goes into the ``http`` block, and what into the ``server`` block, of a site at the top of a host.

    :param gone: the paths of what was withdrawn, such as ``session/21-12-un-essai``
    :param moved: of each concept that was given up, the path of the one in its place, or ``""``
    """
    http = [
        "# For the http block: include commons-ld-maps.conf; Written by commons-ld.",
        *_map("$http_accept", "$commons_ld_type", wanted(), empty="text/html", default="none"),
        *_map("$http_accept", "$commons_ld_described_type", wanted(DESCRIBED), empty="text/html", default="none"),
        *_map("$http_accept_language", "$commons_ld_language", languages(), empty="fr", default="fr"),
        *_suffixes("$commons_ld_suffix", "$commons_ld_type", DOCUMENTS),
        *_suffixes("$commons_ld_described_suffix", "$commons_ld_described_type", DESCRIBED),
        "map $uri $commons_ld_page_language {",
        '  "~\\.en\\.html$" en;',
        '  "~\\.html$" fr;',
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
        'add_header Access-Control-Allow-Origin "*" always;',
        'add_header X-Content-Type-Options "nosniff" always;',
        "add_header Content-Language $commons_ld_page_language always;",
        "# Where PHP runs, harvesters are answered by OAI-PMH once this stands in the server block:",
        "# location = /oai { include fastcgi_params; fastcgi_param SCRIPT_FILENAME $document_root/feeds/oai/oai.php; "
        "fastcgi_pass unix:/run/php/php-fpm.sock; }",
        'location ~ "/\\.(ht|nojekyll)" { return 404; }',
        *(f'location ~ "^/{gone_pattern(path)}$" {{ return 410; }}' for path in gone),
        *(f"location = /{path} {{ return {f'301 /{to}' if to else 410}; }}" for path, to in moved.items()),
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


def _answers(start: str, suffix: str) -> list[str]:
    """Return the body of a location that leads to a document; headers are said again, since nginx forgets them."""
    return [
        '  add_header Access-Control-Allow-Origin "*" always;',
        '  add_header X-Content-Type-Options "nosniff" always;',
        '  add_header Vary "Accept, Accept-Language" always;',
        f'  if ({suffix} = "none") {{ return 406; }}',
        f"  return 303 {start}{suffix};",
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
