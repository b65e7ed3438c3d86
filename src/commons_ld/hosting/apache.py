"""``.htaccess`` for Apache 2.4, which weighs media types and languages itself (mod_negotiation)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from commons_ld.feeds import tombstones
from commons_ld.hosting.table import (
    ASKED_AGAIN,
    DESCRIBED,
    DOCUMENTS,
    FULL,
    KINDS,
    MARKED,
    NAMED,
    TYPES,
    full_pages,
    gone_pattern,
    languages,
    wanted,
)

__all__ = ["htaccess"]


def htaccess(gone: Iterable[str], last_page: int, moved: Mapping[str, str]) -> bytes:
    """Return a ``.htaccess`` that stands at the top of the site, wherever that lies on the host.

    It asks for ``AllowOverride All``, or ``FileInfo Indexes AuthConfig Options=MultiViews``, and the modules rewrite,
    negotiation, mime, setenvif and headers.

    :param gone: the paths of what was withdrawn, such as ``session/21-12-un-essai``, and those of the pages of feeds
        that were issued anew
    :param last_page: the number of the last page of the feeds
    :param moved: of each concept that was given up, the path of the one in its place, or ``""``
    """
    kinds = "|".join(KINDS)
    ends = "|".join(re.escape(document.suffix[1:]) for document in sorted(DOCUMENTS, key=lambda one: -len(one.suffix)))
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
        f'SetEnvIf Request_URI "/{full_pages(last_page)}$" FULL',
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
        f"RewriteCond %{{THE_REQUEST}} {_asked('assets/[^/?]+', asked=chr(92) + '?v=[0-9a-f]+ ')}",
        "RewriteRule ^ - [E=MARKED:1]",
        "# Where PHP runs, harvesters are answered by OAI-PMH.",
        f"RewriteCond %{{THE_REQUEST}} {_asked('oai')}\nRewriteRule ^oai$ %1feeds/oai/oai.php [L]",
        'ErrorDocument 410 "/%{reqenv:PLACE}%{reqenv:STONE}"',
        "RewriteRule ^ - [E=STONE:404.html,E=SAID:.html]",
        f"RewriteCond %{{THE_REQUEST}} {_asked('[^ ?]*' + chr(92) + '.ttl')}\nRewriteRule ^ - [E=SAID:.ttl]",
        *(
            f"RewriteCond %{{THE_REQUEST}} {_asked(gone_pattern(path))}\n"
            f"RewriteRule ^ - [E=STONE:{tombstones.FOLDER}{path}{'' if '.' in path else '%{ENV:SAID}'},G,NS]"
            for path in gone
        ),
        *(
            f"RewriteCond %{{THE_REQUEST}} {_asked(re.escape(path))}\n"
            f"RewriteRule ^ {f'%1{to} [R=301,L]' if to else '- [G,NS]'}"
            for path, to in moved.items()
        ),
        "# The parts of a record lead to the record.",
        f"RewriteCond %{{THE_REQUEST}} {_asked('((?:session|media)/[a-z0-9-]+)/[^. ]+')}",
        "RewriteRule ^ %1%2 [R=303,L]",
        "# Who takes anything is shown a page.",
        *(
            f"RewriteCond %{{HTTP:Accept}} ^(\\*/\\*)?$\nRewriteCond %{{HTTP:Accept-Language}} {language}\n"
            f"RewriteCond %{{THE_REQUEST}} {_asked(f'((?:{kinds})/[a-z0-9-]+)')}\nRewriteRule ^ %1%2{suffix} [R=303,L]"
            for language, suffix in (("^en", ".en.html"), ("^", ".html"))
        ),
        "# mod_negotiation has chosen by now: what is matched is its choice, while THE_REQUEST is what was asked for.",
        f"RewriteCond %{{THE_REQUEST}} {_asked(f'(?:{kinds})/[a-z0-9-]+')}",
        f"RewriteRule ^(.+\\.(?:{ends}))$ %1$1 [R=303,L]",
        *_dataset(),
    ]
    return ("\n".join(parts) + "\n").encode()


def _asked(path: str, asked: str = "[ ?]") -> str:
    """Return the pattern of a request line for a path below the folder, whose own place is its first group.

    :param asked: what comes after the path
    """
    return f'"^[A-Z]+ (/|/[^ ?]*/){path}{asked}"'


def _dataset() -> Iterable[str]:
    """Yield the rules of the dataset: mod_negotiation would choose among the files named for it, which are the data."""
    yield "# The dataset is described by the documents named catalog: those named dataset are the data itself."
    asked = f"RewriteCond %{{THE_REQUEST}} {_asked('(?:dataset|catalog)')}"
    pages = [document for document in DESCRIBED if document.language]
    suffixes = {document.media_type: document.suffix for document in DESCRIBED if not document.language}
    yield f"RewriteCond %{{HTTP:Accept}} ^$\n{asked}\nRewriteRule ^ - [E=WANTED:{pages[0].media_type}]"
    for pattern, media_type in wanted(DESCRIBED):
        yield f"RewriteCond %{{ENV:WANTED}} ^$\nRewriteCond %{{HTTP:Accept}} {pattern} [NC]"
        yield f"{asked}\nRewriteRule ^ - [E=WANTED:{media_type}]"
    for media_type, suffix in suffixes.items():
        yield f"RewriteCond %{{ENV:WANTED}} ^{re.escape(media_type)}$"
        yield f"{asked}\nRewriteRule ^ %1catalog{suffix} [R=303,L]"
    for pattern, language in languages():
        suffix = next(page.suffix for page in pages if page.language == language)
        yield f"RewriteCond %{{ENV:WANTED}} ^text/html$\nRewriteCond %{{HTTP:Accept-Language}} {pattern} [NC]"
        yield f"{asked}\nRewriteRule ^ %1dataset{suffix} [R=303,L]"
    yield f"RewriteCond %{{ENV:WANTED}} ^text/html$\n{asked}\nRewriteRule ^ %1dataset{pages[0].suffix} [R=303,L]"
    yield f"{asked}\nRewriteRule ^ - [R=406,L]"
