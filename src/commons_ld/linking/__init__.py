"""The links of a publication to elsewhere: which there are, whether they still lead somewhere, and who is linked to."""

from commons_ld.linking.checking import Checked, Checker, check
from commons_ld.linking.collecting import Link, collect
from commons_ld.linking.inverse import FORMATS, inverse
from commons_ld.linking.telling import checked_text, list_text, to_json

__all__ = [
    "FORMATS",
    "Checked",
    "Checker",
    "Link",
    "check",
    "checked_text",
    "collect",
    "inverse",
    "list_text",
    "to_json",
]
