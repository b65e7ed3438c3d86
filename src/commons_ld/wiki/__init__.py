"""Fetch the pages of a live wiki into the data folder, over the Action API of MediaWiki.

::

    fetching     brings the folder up to date: list, texts, list again, and all of it at once into the folder
    ├─ crawl     which pages there are, which are gone, and their texts
    │  ├─ client     one request, with all that can become of it
    │  └─ answers    what the API answers, brought to one form and put together
    ├─ planning  what is to be done to the folder
    ├─ snapshot  the pages in the folder, and how they are brought from one whole state to the next
    ├─ semantics what Semantic MediaWiki exports of the pages, laid beside them
    ├─ names     what their files are called
    ├─ addresses where the interface of a wiki is
    ├─ telling   what a fetch came to
    └─ words     what is said of it, in French and in English
"""

from commons_ld.credentials import Credentials
from commons_ld.http_client import connect
from commons_ld.wiki.crawl import Selection
from commons_ld.wiki.fetching import Fetched, credentials_of, default_folder, fetch
from commons_ld.wiki.planning import Change
from commons_ld.wiki.telling import to_json, to_text

__all__ = [
    "Change",
    "Credentials",
    "Fetched",
    "Selection",
    "connect",
    "credentials_of",
    "default_folder",
    "fetch",
    "to_json",
    "to_text",
]
