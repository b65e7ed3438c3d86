"""``.htaccess`` for Apache 2.4."""

from __future__ import annotations

import re
from collections.abc import Iterator

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

__all__ = ["htaccess"]


def htaccess(served: Served) -> bytes:
    """Return a ``.htaccess`` that stands at the top of the site, wherever that lies on the host.

    It asks for ``AllowOverride All``, or ``FileInfo Indexes AuthConfig Options=MultiViews``, and the modules rewrite,
    negotiation, mime, setenvif and headers.
    """
    kinds = "|".join(KINDS)
    parts = [
        "# Content negotiation for Apache 2.4. Written by commons-ld; changes are lost at the next export.",
        "# Needs: AllowOverride All; a2enmod rewrite negotiation headers mime setenvif",
        "Options +MultiViews",
        "AddDefaultCharset UTF-8",
        *(f"AddType {type_} {suffix}" for suffix, type_ in TYPES.items() if not suffix.endswith(".gz")),
        "AddCharset UTF-8 .csv .html .ttl .nt .nq .trig .css .js .txt .vtt",
        "AddLanguage en .en",
        '<FilesMatch "\\.html$">\n  DefaultLanguage fr\n</FilesMatch>',
        '<FilesMatch "\\.en\\.html$">\n  DefaultLanguage en\n</FilesMatch>',
        "LanguagePriority fr en",
        "ForceLanguagePriority Prefer Fallback",
        "# A packed dump is a file of its own, and not another coding of the plain one.",
        "RemoveEncoding .gz",
        "RemoveType .gz",
        *(
            f'<FilesMatch "{re.escape(suffix)}$">\n  ForceType {type_}\n</FilesMatch>'
            for suffix, type_ in TYPES.items()
            if suffix.endswith(".gz")
        ),
        *(f'<Files "{path.rpartition("/")[2]}">\n  ForceType {type_}\n</Files>' for path, type_ in NAMED.items()),
        '<FilesMatch "^\\.(ht|nojekyll)">\n  Require all denied\n</FilesMatch>',
        'Header always set Access-Control-Allow-Origin "*"',
        'Header always set X-Content-Type-Options "nosniff"',
        f'SetEnvIf Request_URI "/(?:{kinds})/[a-z0-9-]+(?:/[^.]*)?$" LEADS',
        'SetEnvIf Request_URI "/(?:dataset|catalog)$" LEADS',
        'Header always set Vary "Accept, Accept-Language" env=LEADS',
        f'Header always set Cache-Control "{ASKED_AGAIN}" env=LEADS',
        f'SetEnvIf Request_URI "/{full_pages(served.last_page)}$" FULL',
        f'SetEnvIf Request_URI "/{tombstones.FOLDER}" !FULL',
        f'Header set Cache-Control "{ASKED_AGAIN}"',
        f'Header set Cache-Control "{FULL}" env=FULL',
        f'Header set Cache-Control "{MARKED}" env=MARKED',
        "RewriteEngine On",
        "# What tells of an error is found by its own name.",
        "RewriteCond %{ENV:REDIRECT_STATUS} ^4",
        "RewriteRule ^ - [L]",
        "# Where the site lies on the host: what the address has before what is left of it here.",
        "RewriteCond %{REQUEST_URI}::$1 ^/(.*?)(.*)::\\2$",
        "RewriteRule ^(.*)$ - [E=PLACE:%1]",
        'ErrorDocument 404 "/%{reqenv:PLACE}404.html"',
        f"RewriteCond %{{THE_REQUEST}} {_asked('design/[^/?]+', asked=chr(92) + '?v=[0-9a-f]+ ')}",
        "RewriteRule ^ - [E=MARKED:1]",
        "# Where PHP runs, harvesters are answered by OAI-PMH.",
        f"RewriteCond %{{THE_REQUEST}} {_asked('oai')}\nRewriteRule ^oai$ %1feeds/oai/oai.php [L]",
        'ErrorDocument 410 "/%{reqenv:PLACE}%{reqenv:STONE}"',
        "RewriteRule ^ - [E=STONE:404.html,E=SAID:.html]",
        f"RewriteCond %{{THE_REQUEST}} {_asked('[^ ?]*' + chr(92) + '.ttl')}\nRewriteRule ^ - [E=SAID:.ttl]",
        *(
            f"RewriteCond %{{THE_REQUEST}} {_asked(gone_pattern(path))}\n"
            f"RewriteRule ^ - [E=STONE:{tombstones.FOLDER}{path}{'' if '.' in path else '%{ENV:SAID}'},G,NS]"
            for path in served.gone
        ),
        *(
            f"RewriteCond %{{THE_REQUEST}} {_asked(re.escape(path))}\n"
            f"RewriteRule ^ {f'%1{to} [R=301,L]' if to else '- [G,NS]'}"
            for path, to in served.moved.items()
        ),
        "# The parts of a record lead to the record.",
        f"RewriteCond %{{THE_REQUEST}} {_asked('((?:session|media)/[a-z0-9-]+)/[^. ]+')}",
        "RewriteRule ^ %1%2 [R=303,L]",
        "# A thing is described by the documents that are named for it.",
        *_chosen(f"((?:{kinds})/[a-z0-9-]+)", DOCUMENTS, "THING", page="%1%2", data="%1%2"),
        "# The dataset is described by the documents named catalog: those named dataset are the data itself.",
        *_chosen("(?:dataset|catalog)", DESCRIBED, "DATASET", page="%1dataset", data="%1catalog"),
        *(_shared_out() if served.is_sharded else ()),
    ]
    return ("\n".join(parts) + "\n").encode()


def _asked(path: str, asked: str = "[ ?]") -> str:
    """Return the pattern of a request line for a path below the folder, whose own place is its first group.

    :param asked: what comes after the path
    """
    return f'"^[A-Z]+ (/|/[^ ?]*/){path}{asked}"'


def _chosen(path: str, documents: tuple[Document, ...], variable: str, *, page: str, data: str) -> Iterator[str]:
    """Yield the rules that lead to a document: mod_negotiation sees no weight where a folder has all of the files.

    :param path: a pattern of what is asked for
    :param variable: which no other rule sets
    :param page: where pages lie, without their suffix
    :param data: where the other documents do
    """
    asked = f"RewriteCond %{{THE_REQUEST}} {_asked(path)}"
    pages = [document for document in documents if document.language]
    suffixes = {document.media_type: document.suffix for document in documents if not document.language}
    yield f"RewriteCond %{{HTTP:Accept}} ^$\n{asked}\nRewriteRule ^ - [E={variable}:{pages[0].media_type}]"
    for pattern, media_type in wanted(documents):
        yield f"RewriteCond %{{ENV:{variable}}} ^$\nRewriteCond %{{HTTP:Accept}} {pattern} [NC]"
        yield f"{asked}\nRewriteRule ^ - [E={variable}:{media_type}]"
    for media_type, suffix in suffixes.items():
        yield f"RewriteCond %{{ENV:{variable}}} ^{re.escape(media_type)}$"
        yield f"{asked}\nRewriteRule ^ {data}{suffix} [R=303,L]"
    for pattern, language in languages():
        suffix = next(page.suffix for page in pages if page.language == language)
        yield f"RewriteCond %{{ENV:{variable}}} ^text/html$\nRewriteCond %{{HTTP:Accept-Language}} {pattern} [NC]"
        yield f"{asked}\nRewriteRule ^ {page}{suffix} [R=303,L]"
    yield f"RewriteCond %{{ENV:{variable}}} ^text/html$\n{asked}\nRewriteRule ^ {page}{pages[0].suffix} [R=303,L]"
    yield f"{asked}\nRewriteRule ^ - [R=406,L]"


def _shared_out() -> Iterator[str]:
    """Yield what finds a file in its folder, which nobody has to know of."""
    yield "# Files lie in folders, each digit of whose names tells of the characters in the name of the file."
    numbered = list(enumerate(patterns()))
    for number, pattern in numbered:
        yield f"SetEnvIf Request_URI ^ DIGIT{number}=1"
        yield f'SetEnvIf Request_URI "/{pattern}$" DIGIT{number}=0'
    digits = "".join(f"%{{ENV:DIGIT{number}}}" for number, _ in numbered)
    yield f"RewriteCond %{{THE_REQUEST}} {_asked(f'[^ ?]*{SHARD}/[^ ?]*')}\nRewriteRule ^ - [R=404,L]"
    yield f"RewriteRule ^{SHARED_OUT}$ $1_{digits}/$2 [L]"
