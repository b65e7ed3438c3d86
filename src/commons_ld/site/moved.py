"""The pages that stand where a name had an IRI of its own, before a register said whose name it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from commons_ld.iris import IriPolicy
from commons_ld.messages import Language
from commons_ld.site.layout import LANGUAGES, page_name, root_of
from commons_ld.site.pages import Frame, render
from commons_ld.site.told import tell, texts_of

__all__ = ["moved_pages"]

_SENTENCES: Final[dict[Language, str]] = {
    "fr": "Ce nom est celui de {name}, dit le registre de l’archive. L’adresse de cette page reste valable.",
    "en": "This name is one of {name}, says the register of the archive. The address of this page stays valid.",
}


def moved_pages(block: bytes, policy: IriPolicy, frame: Frame) -> Iterator[tuple[str, str]]:
    """Yield name and text of the pages that lead from a former IRI to the one that has taken its place.

    :param block: what the registers say
    """
    told = tell(block) if block else {}
    for iri, about in sorted(told.items()):
        former = policy.parse(iri)
        for target in about.get("owl:sameAs", ()):
            found = policy.parse(target[1:-1].decode())
            if former is None or found is None:
                continue
            path = f"{former.kind}/{former.slug}"
            name = next((text.text for text in texts_of(told[target[1:-1].decode()].get("schema:name", ()))), "")
            for language in LANGUAGES:
                text = render(
                    "moved.html",
                    frame._replace(path=path, here="people"),
                    language,
                    title=name,
                    before=_SENTENCES[language].partition("{name}")[0],
                    after=_SENTENCES[language].partition("{name}")[2],
                    href=root_of(path) + page_name(f"{found.kind}/{found.slug}", language),
                    name=name,
                )
                yield page_name(path, language), text
