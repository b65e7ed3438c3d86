"""Why a publication says what it says: each statement of an IRI, with the field and the line that it comes from."""

from commons_ld.explaining.task import explain

__all__ = ["explain"]
