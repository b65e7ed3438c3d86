"""The manifest of a reconciliation service, in each version of the API.

0.2 is https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/, 1.0-draft is
https://reconciliation-api.github.io/specs/1.0-draft/. What they say of suggestions cannot be said in one document, so
each version has an address of its own.
"""

from __future__ import annotations

import importlib.metadata
from typing import Any, Final, Literal

from commons_ld.messages import Language
from commons_ld.web.reconcile_words import CLASSES, SETTINGS, WORDS, types_of

__all__ = ["BATCH", "PREVIEW", "Version", "manifest"]

Version = Literal["0.2", "1.0-draft"]

#: How many queries a batch may have.
BATCH: Final = 50
#: Pixels, across and down.
PREVIEW: Final = (430, 260)


def manifest(version: Version, root: str, base_iri: str, archive: str, language: Language) -> dict[str, Any]:
    """Return the manifest.

    :param root: the address of the service
    :param archive: what the archive is called
    """
    width, height = PREVIEW
    told: dict[str, Any] = {
        "versions": [version],
        "name": WORDS[language]["service"].format(archive=archive),
        "defaultTypes": [types_of(kind, language)[0]._asdict() for kind in CLASSES],
        "serviceVersion": importlib.metadata.version("commons-ld"),
        "batchSize": BATCH,
    }
    label, help_text = SETTINGS[language]
    if version == "1.0-draft":
        return told | {
            "view": {"url": "{+id}"},
            "preview": {"width": width, "height": height},
            "suggest": {"entity": True, "property": True, "type": True},
            "extend": {
                "proposeProperties": True,
                "propertySettings": [
                    {"type": "number", "id": "limit", "name": label, "default": 0, "helpText": help_text}
                ],
            },
            "standardizedScore": True,
            "lang": language,
            "dir": "ltr",
        }
    return told | {
        "identifierSpace": base_iri,
        "schemaSpace": "https://schema.org/",
        # Clients encode what they put in: an IRI would not survive it.
        "view": {"url": f"{root}/view?id={{{{id}}}}"},
        "preview": {"url": f"{root}/preview?id={{{{id}}}}", "width": width, "height": height},
        "suggest": {
            kind: {
                "service_url": root,
                "service_path": f"/suggest/{kind}",
                "flyout_service_url": root,
                "flyout_service_path": f"/flyout/{kind}?id=${{id}}",
            }
            for kind in ("entity", "property", "type")
        },
        "extend": {
            "propose_properties": {"service_url": root, "service_path": "/extend/propose"},
            "property_settings": [
                {"type": "number", "name": "limit", "label": label, "default": 0, "help_text": help_text}
            ],
        },
    }
