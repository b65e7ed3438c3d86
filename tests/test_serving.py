"""What is served is what was published last."""

from pathlib import Path

import pytest

from commons_ld.errors import PublicationError
from commons_ld.web import serving


def test_the_store_is_made_anew_only_where_the_publication_is_another(tmp_path: Path) -> None:
    """The same dump is the same generation; a changed one is a new one."""
    dump = tmp_path / "dataset.nq"
    dump.write_text("<http://e/s> <http://e/p> <http://e/o> <http://e/g> .\n")
    first = serving.refresh(tmp_path, tmp_path / "state")

    assert serving.refresh(tmp_path, tmp_path / "state") == first
    dump.write_text("<http://e/s> <http://e/p> <http://e/x> <http://e/g> .\n")
    assert serving.refresh(tmp_path, tmp_path / "state") != first


def test_without_a_publication_the_user_is_told_to_export(tmp_path: Path) -> None:
    """The sentence says what to do."""
    with pytest.raises(PublicationError, match="commons-ld export first"):
        serving.refresh(tmp_path, tmp_path / "state")
