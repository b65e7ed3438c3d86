"""Pages of a wiki as a browser saves them, in the manner of each skin: the same content, other things around it."""

from __future__ import annotations

import json
from typing import Final

HOST: Final = "wiki.exemple.test"

#: What each skin has around the heading and the content; ``{heading}`` and ``{content}`` stand for these.
SKINS: Final = {
    "vector": (
        '<div id="mw-page-base" class="noprint"></div><div id="content" class="mw-body" role="main">{heading}'
        '<div id="bodyContent"><div id="siteSub" class="noprint">De Wiki inventé</div><div id="contentSub"></div>'
        '<a class="mw-jump-link" href="#searchInput">Aller à la recherche</a>{content}</div></div>'
        '<div id="mw-navigation"><ul><li><a href="/index.php/Accueil">Accueil</a></li></ul></div>'
    ),
    "vector-2022": (
        '<div class="mw-page-container"><nav id="mw-panel-toc"><ul id="mw-panel-toc-list"><li id="toc-mw-content-text">'
        '<a href="#">Début</a></li></ul></nav><main id="content" class="mw-body">{heading}<nav>Page Discussion</nav>'
        '<div id="bodyContent" class="vector-body">{content}</div></main></div>'
    ),
    "monobook": (
        '<div id="globalWrapper"><div id="column-content"><div id="content" class="mw-body">{heading}'
        '<div id="bodyContent" class="monobook-body"><div id="siteSub">De Wiki inventé</div>'
        '<div id="jump-to-nav">Aller à : <a href="#column-one">navigation</a></div>{content}</div></div></div>'
        '<div id="column-one"><h2>Menu de navigation</h2></div></div>'
    ),
    "timeless": (
        '<div id="mw-content-wrapper"><div id="content" class="mw-body">{heading}<div id="bodyContentOuter">'
        '<div id="mw-page-header-links"><h3>Actions</h3></div><div id="bodyContent">{content}</div></div></div></div>'
    ),
    "minerva": (
        '<main id="content" class="mw-body"><div class="pre-content">{heading}<div class="minerva__subtitle"></div></div>'
        '<div id="bodyContent" class="content">{content}</div></main><footer><h2>Wiki inventé</h2></footer>'
    ),
}


def saved(
    title: str,
    body: str,
    *,
    skin: str = "vector",
    namespace: int = 0,
    action: str = "view",
    page_id: int = 7,
    revision: int = 12,
    scripts: bool = True,
    head: str = "",
) -> bytes:
    """Return a page of the invented wiki as it is saved.

    :param body: the HTML of its content
    :param scripts: whether what MediaWiki tells its scripts was saved too
    """
    address = f"https://{HOST}/index.php?title={title.replace(' ', '_')}&amp;oldid={revision}"
    config = {
        "wgNamespaceNumber": namespace,
        "wgPageName": title.replace(" ", "_"),
        "wgRevisionId": revision,
        "wgArticleId": page_id,
        "wgIsArticle": action == "view",
        "wgCategories": ["Objet média"],
    }
    script = f"<script>RLCONF={json.dumps(config, separators=(',', ':'))};</script>" if scripts else ""
    around = SKINS[skin].format(
        heading=f'<h1 id="firstHeading" class="firstHeading"><span class="mw-page-title-main">{title}</span></h1>',
        content=(
            f'<div id="mw-content-text" class="mw-body-content" lang="fr"><div class="mw-parser-output">{body}</div>'
            f'<div class="printfooter">Récupérée de « <a dir="ltr" href="{address}">{address}</a> »</div></div>'
            '<div id="catlinks"><a href="/index.php/Catégorie:Objet_média">Objet média</a></div>'
        ),
    )
    return (
        f'<!DOCTYPE html>\n<html lang="fr"><head><meta charset="UTF-8"/><title>{title} — Wiki inventé</title>{script}'
        f'{head}</head>\n<body class="mediawiki ns-{namespace} skin-{skin} action-{action}">{around}</body></html>\n'
    ).encode()


def heading(text: str, *, old: bool = True) -> str:
    """Return a heading of a section, as MediaWiki before 1.43 writes it, or as it does since."""
    edit = '<span class="mw-editsection">[<a href="/index.php?action=edit">modifier</a>]</span>'
    if old:
        return f'<h2><span class="mw-headline" id="x">{text}</span>{edit}</h2>'
    return f'<div class="mw-heading mw-heading2"><h2 id="x">{text}</h2>{edit}</div>'
