"""An archive that is harvested by OAI-PMH, and requests that are refused, for whoever answers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.archive import Archive, page

__all__ = ["ID", "REFUSED", "five_records"]

#: What the identifiers of its records begin with.
ID: Final = "oai:w3id.org:commons-ld/remix/session/"

#: Requests that are refused, and the error that says so.
REFUSED: Final = (
    ("", "badVerb"),
    ("verb=Steal", "badVerb"),
    ("verb=Identify&verb=Identify", "badVerb"),
    ("verb=Identify&x=1", "badArgument"),
    ("verb=GetRecord", "badArgument"),
    ("verb=GetRecord&identifier=x&identifier=y&metadataPrefix=oai_dc", "badArgument"),
    ("verb=ListRecords", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=yesterday", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=2001-13-01", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=2001-09-10&until=2001-09-09", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&from=2001-09-10&until=2001-09-11T00:00:00Z", "badArgument"),
    ("verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x", "badArgument"),
    ("verb=ListRecords&resumptionToken=%C3%A9", "badResumptionToken"),
    ("verb=ListRecords&resumptionToken=e30", "badResumptionToken"),
    ("verb=ListIdentifiers&resumptionToken=", "badResumptionToken"),
    ("verb=ListSets&resumptionToken=x", "badResumptionToken"),
    ("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat"),
    (f"verb=GetRecord&metadataPrefix=marc&identifier={ID}trois", "cannotDisseminateFormat"),
    ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:w3id.org:commons-ld/remix/session/x", "idDoesNotExist"),
    ("verb=GetRecord&metadataPrefix=oai_dc&identifier=session/trois", "idDoesNotExist"),
    ("verb=ListMetadataFormats&identifier=x", "idDoesNotExist"),
    ("verb=ListRecords&metadataPrefix=oai_dc&until=2001-09-08", "noRecordsMatch"),
    ("verb=ListRecords&metadataPrefix=oai_dc&set=enjeu:e", "noRecordsMatch"),
)


def five_records(root: Path) -> Archive:
    """Return an archive of five records of which one is gone, the last two in a publication of their own."""
    archive = Archive(root)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOURCE_DATE_EPOCH", "1000000000")
        for name in ("Un & un", "Deux", "Trois"):
            archive.write(f"{name}.txt", page(name))
        archive.export()
        patched.setenv("SOURCE_DATE_EPOCH", "1000100000")
        (archive.data / "Deux.txt").unlink()
        for name in ("Quatre", "Cinq"):
            archive.write(f"{name}.txt", page(name, enjeu="Eau"))
        archive.export()
    return archive
