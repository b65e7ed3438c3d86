"""A ``Caddyfile`` for Caddy 2.

What was withdrawn is known by what lies in ``gone/``, and not told here: the server needs not be told of each export.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

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
    Served,
    full_pages,
    gone_pattern,
    languages,
    wanted,
)

__all__ = ["caddyfile"]


def caddyfile(served: Served) -> bytes:
    """Return what a site at the top of a host imports, with its ``root`` set: ``(commons-ld)``, and one for PHP."""
    kinds = "|".join(KINDS)
    lines = [
        "# For Caddy 2: exemple.org { root * /srv/site; import commons-ld }. Written by commons-ld.",
        "# Where PHP runs, harvesters are answered by OAI-PMH with this beside it, and the place where PHP listens:",
        "# import commons-ld-oai unix//run/php/php-fpm.sock",
        "(commons-ld-oai) {",
        "  handle /oai {",
        "    rewrite * /feeds/oai/oai.php",
        "    php_fastcgi {args.0}",
        "  }",
        "}",
        "(commons-ld) {",
        "  header Access-Control-Allow-Origin *",
        "  header X-Content-Type-Options nosniff",
        *_map("{header.Accept}", "{commons_type}", wanted(), "none"),
        *_map("{header.Accept}", "{commons_described}", wanted(DESCRIBED), "none"),
        *_map("{header.Accept-Language}", "{commons_language}", languages(), "fr"),
        *_suffixes("{commons_type}", "{commons_suffix}", is_dataset=False),
        *_suffixes("{commons_described}", "{commons_document}", is_dataset=True),
        *_types(),
        *_keeping(served.last_page),
        *(_maps_of_digits() if served.is_sharded else ()),
        "  @french path_regexp ^.*\\.html$",
        "  header @french Content-Language fr",
        "  @english path_regexp ^.*\\.en\\.html$",
        "  header @english Content-Language en",
    ]
    lines += ["  @others path /.ht* /.nojekyll", "  handle @others {", "    respond 404", "  }"]
    lines += _gone()
    for number, (path, to) in enumerate(served.moved.items()):
        answer = f"redir * /{to} 301" if to else "respond 410"
        lines += [f"  @moved{number} path /{path}", f"  handle @moved{number} {{", f"    {answer}", "  }"]
    lines += [
        *(_shared_out() if served.is_sharded else ()),
        f"  @thing path_regexp thing ^(/(?:{kinds})/[a-z0-9-]+)$",
        "  handle @thing {",
        *_answers("{re.thing.1}{commons_suffix}", "{commons_suffix}"),
        "  }",
        "  @part path_regexp part ^(/(?:session|media)/[a-z0-9-]+)/.+$",
        "  handle @part {",
        *_answers("{re.part.1}{commons_suffix}", "{commons_suffix}"),
        "  }",
        "  @dataset path /dataset /catalog",
        "  handle @dataset {",
        *_answers("/{commons_document}", "{commons_document}"),
        "  }",
        "  handle {",
        "    file_server",
        "  }",
        "  handle_errors {",
        f"    header Cache-Control {ASKED_AGAIN}",
        "    @missing expression `{err.status_code} == 404`",
        "    rewrite @missing /404.html",
        "    file_server @missing",
        "  }",
        "}",
    ]
    return ("\n".join(lines) + "\n").encode()


def _maps_of_digits() -> Iterator[str]:
    """Yield the maps that tell each digit of the folder in which a file lies."""
    for number, pattern in enumerate(patterns()):
        yield f"  map {{path}} {{commons_digit{number}}} {{\n    ~^/{pattern}$ 0\n    default 1\n  }}"


def _shared_out() -> Iterator[str]:
    """Yield what finds a file in its folder, which nobody has to know of."""
    digits = "".join(f"{{commons_digit{number}}}" for number, _ in enumerate(patterns()))
    yield f"  @folder path_regexp /{SHARD}/"
    yield "  handle @folder {\n    error 404\n  }"
    yield f"  @shared path_regexp shared ^/{SHARED_OUT}$"
    yield f"  handle @shared {{\n    rewrite * /{{re.shared.1}}_{digits}/{{re.shared.2}}\n    file_server\n  }}"


def _answers(target: str, chosen: str) -> list[str]:
    return [
        "    route {",
        '    header Vary "Accept, Accept-Language"',
        f'    @unknown{_name(chosen)} expression `{chosen} == "none"`',
        f"    respond @unknown{_name(chosen)} 406",
        f"    redir * {target} 303",
        "    }",
    ]


def _name(placeholder: str) -> str:
    return placeholder.strip("{}").replace("_", "")


def _map(source: str, target: str, rows: Iterable[tuple[str, str]], default: str) -> list[str]:
    lines = [f'    "" {"text/html" if default == "none" else default}']
    lines += [f"    ~(?i){pattern.replace(' ', chr(92) + 's')} {value}" for pattern, value in rows]
    return [f"  map {source} {target} {{", *lines, f"    default {default}", "  }"]


def _suffixes(chosen: str, target: str, *, is_dataset: bool) -> list[str]:
    lines = []
    for document in DESCRIBED if is_dataset else DOCUMENTS:
        name = ("dataset" if document.language else "catalog") if is_dataset else ""
        pattern = re.escape(document.media_type) + (f":{document.language}" if document.language else ":.*")
        lines.append(f"    ~^{pattern}$ {name}{document.suffix}")
    return [f'  map "{chosen}:{{commons_language}}" {target} {{', *lines, "    default none", "  }"]


def _keeping(last_page: int) -> list[str]:
    """Return what tells caches how long each file may be kept."""
    return [
        f"  @changing not path_regexp ^/{full_pages(last_page)}$",
        f"  header @changing Cache-Control {ASKED_AGAIN}",
        f"  @full path_regexp ^/{full_pages(last_page)}$",
        f'  header @full Cache-Control "{FULL}"',
        "  @marked {",
        "    path /design/*",
        "    query v=*",
        "  }",
        f'  header @marked Cache-Control "{MARKED}"',
    ]


def _gone() -> list[str]:
    """Return what answers for records that were withdrawn, and for pages of feeds that were issued anew."""
    folder = tombstones.FOLDER
    return [
        "  map {path} {commons_gone} {",
        f"    ~^/{gone_pattern()}$ /{folder}${{1}}.html",
        f"    default /{folder}.html",
        "  }",
        f"  @stone file /{folder.rstrip('/')}{{path}}",
        "  handle @stone {",
        f"    header Cache-Control {ASKED_AGAIN}",
        f"    rewrite * /{folder.rstrip('/')}{{path}}",
        "    file_server {",
        "      status 410",
        "    }",
        "  }",
        "  @gone file {commons_gone}",
        "  handle @gone {",
        f"    header Cache-Control {ASKED_AGAIN}",
        '    header Content-Type "text/html; charset=utf-8"',
        "    rewrite * {commons_gone}",
        "    file_server {",
        "      status 410",
        "    }",
        "  }",
    ]


def _types() -> list[str]:
    lines = []
    known = {**{f"*{suffix}": type_ for suffix, type_ in TYPES.items()}, **{f"/{path}": NAMED[path] for path in NAMED}}
    for number, (path, type_) in enumerate(known.items()):
        charset = "; charset=utf-8" if type_.startswith("text/") else ""
        lines += [
            f"  @type{number} path {path}",
            f'  header @type{number} Content-Type "{type_}{charset}"',
        ]
    return lines
