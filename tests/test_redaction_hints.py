"""Most texts hold nothing personal, which is told soon: that saves time, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.redaction import Names, texts
from commons_ld.redaction.contacts import (
    addresses,
    may_hold_address,
    may_hold_number,
    may_hold_spelled_address,
    numbers,
    spelled_addresses,
)
from tests.test_redaction import NAMES, REDACTION, SHARDS

#: Pieces that are close to what is looked for, and are not like it in one way or another.
NEAR: Final = (
    *"№™½ﬁ①ſı",
    *(
        "At",
        "AT",
        "PoİNT",
        "poınt",
        "ARROBA",
        "arobas",
        "chez",
        "(chez)",
        "٠٦١٢٣٤٥٦٧",
        "1234567",
        "+",
        "&#x40;",
        "&commat;",
    ),
    *("OCTAVE", "octavejaspin12", "Louise-Guillot", "Remix the", "commons", "bessac", "leon", "cyprienne", "%2012"),
)


def replacements(text: str) -> list[object]:
    """Return what names replace: those that stay are found for what stands beside them, and are not looked for alone."""
    return [change for change in NAMES.find(text) if change[2] is not None]


@pytest.mark.parametrize(
    ("may_hold", "find"),
    [
        (may_hold_address, addresses),
        (may_hold_spelled_address, spelled_addresses),
        (may_hold_number, numbers),
        (NAMES.may_be_in, replacements),
    ],
)
@given(text=st.lists(st.sampled_from(SHARDS + NEAR), max_size=12).map("".join))
def test_what_is_told_soon_is_so(
    may_hold: Callable[[str], bool], find: Callable[[str], Iterable[object]], text: str
) -> None:
    """Where a finder is not worth asking it finds nothing, asked all the same."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Names, "may_be_in", lambda *_: True)
        found = list(find(text))

    assert may_hold(text) or not found


@given(st.lists(st.sampled_from(SHARDS + NEAR), max_size=14).map("".join), st.booleans())
def test_a_text_is_the_same_as_if_every_finder_was_asked(text: str, chat: bool) -> None:
    """What is told soon saves time, and nothing else."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("may_hold_address", "may_hold_spelled_address", "may_hold_number"):
            patched.setattr(texts, name, lambda _: True)
        patched.setattr(Names, "may_be_in", lambda *_: True)
        everything = REDACTION.text(f"{text}[", chat=chat), REDACTION.link(text)

    assert (REDACTION.text(f"{text}[", chat=chat), REDACTION.link(text)) == everything
