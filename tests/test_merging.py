"""One record of what a page says and what is exported of it: who has the last word, and what is said about it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.origin import Origin
from commons_ld.pipeline.merging import TEXTS, meanings, merge
from commons_ld.record import Document, Guest, Link, MediaRecord, Note, RecordFields, Remark, Revision, Unrecognised


def page(**fields: Any) -> MediaRecord:
    """Return what a page says."""
    given: dict[str, Any] = {"title": "Un essai", "origin": Origin("a.txt")} | fields
    return MediaRecord(**given)


def export(**fields: Any) -> MediaRecord:
    """Return what is exported of it."""
    given: dict[str, Any] = {"title": "Un essai", "origin": Origin("a.rdf")} | fields
    return MediaRecord(**given)


@pytest.mark.parametrize(
    ("field", "ours", "theirs"),
    [
        ("created", "2021/12/02", "2021-12-02"),
        ("issued", "2021", "2021"),
        ("issued", "2021-12-02", "2021"),
        ("duration", "01:00:00", "PT1H"),
        ("duration", "12 pages", "12 p."),
        ("languages", ("FR", "EN"), ("anglais", "français")),
        ("countries", ("France",), ("FR",)),
        ("media_type", "Vidéo", "video"),
        ("collections", ("Appel en commun", "Ateliers"), ("Ateliers", "appel en  commun")),
        ("enjeux", ("L’eau",), ("L'eau",)),
        ("producers", ("Remix the commons",), ("Remix The Commons",)),
        ("website", "https://exemple.test/", "http://www.exemple.test"),
        ("broadcast_url", "https://Exemple.test/a/", "https://exemple.test/a"),
        ("coordinates", "45° 45' 36.00\" N, 4° 50' 6.00\" E", "45.76,4.835"),
        ("start", "14h00", "14:00:00"),
        ("start", "14:00", "2021-12-02T14:00:00"),
        ("start", "2021/12/02 14:00", "2021-12-02T14:00:00"),
        ("coordinates", "45.760004, 4.83500", "45.760006,4.835"),
    ],
)
def test_values_that_mean_the_same_agree(field: str, ours: str, theirs: str) -> None:
    """The page's spelling stays, and nothing is said."""
    merged = merge(page(**{field: ours}), export(**{field: theirs}))

    assert getattr(merged, field) == ours
    assert merged.remarks == ()


def test_a_day_that_ends_with_the_year_is_compared_as_the_settings_say() -> None:
    """Where nobody said what comes first, it cannot be read, and the export is followed."""
    said, exported = page(created="03/02/2021"), export(created="2021-02-03")

    assert merge(said, exported, "DMY").remarks == ()
    assert merge(said, exported).created == "2021-02-03"
    assert [remark.code for remark in merge(said, exported, "MDY").remarks] == ["sources-disagree"]


@pytest.mark.parametrize(
    ("field", "ours", "theirs"),
    [
        ("created", "2021/12/02", "2021-12-03"),
        ("issued", "2021/11", "2021-12-03"),
        ("duration", "01:00:00", "01:00:01"),
        ("duration", "environ une heure", "01:00:00"),
        ("languages", ("FR",), ("FR", "EN")),
        ("countries", ("France",), ("Italie",)),
        ("media_type", "Audio", "Vidéo"),
        ("collections", ("Appel en commun",), ("Ateliers",)),
        ("actions", ("Régie",), ("Régie publique",)),
        ("broadcast_url", "https://exemple.test/a", "https://exemple.test/A"),
        ("start", "14:00", "15:00"),
        ("start", "2021-12-02T14:00", "2021-12-03T14:00"),
        ("coordinates", "45.76, 4.835", "45.77,4.835"),
    ],
)  # fmt: skip
def test_where_typed_values_disagree_the_export_is_followed_and_both_are_named(
    field: str, ours: Any, theirs: Any
) -> None:
    """With the line of the page's value."""
    merged = merge(page(**{field: ours}, lines={field: 14}), export(**{field: theirs}))

    shown = [value if isinstance(value, str) else ", ".join(value) for value in (theirs, ours)]
    assert getattr(merged, field) == theirs
    assert merged.remarks == (Remark("sources-disagree", field, shown[0], 14, shown[1]),)


def test_an_older_export_is_not_followed() -> None:
    """When both tell when they were saved, an edit of the page is not undone by an export from before it."""
    before, after = Revision(timestamp="2024-01-01T00:00:00Z"), Revision(timestamp="2024-01-02T00:00:00Z")
    newer_page = merge(page(created="2024-01-02", revision=after), export(created="2024-01-01", revision=before))
    older_page = merge(page(created="2024-01-02", revision=before), export(created="2024-01-01", revision=after))

    assert (newer_page.created, [remark.code for remark in newer_page.remarks]) == ("2024-01-02", ["page-followed"])
    assert (older_page.created, [remark.code for remark in older_page.remarks]) == ("2024-01-01", ["sources-disagree"])
    assert newer_page.revision == after


@pytest.mark.parametrize(
    ("field", "ours", "theirs"),
    [("duration", "01:00:00", "3600"), ("website", "https://exemple.test", "Un site"), ("created", "2021", "hier")],
)
def test_a_value_that_cannot_be_read_is_not_followed(field: str, ours: str, theirs: str) -> None:
    """It would hold back a record that is right."""
    merged = merge(page(**{field: ours}), export(**{field: theirs}))

    assert getattr(merged, field) == ours
    assert [remark.code for remark in merged.remarks] == ["page-followed"]


def test_a_date_that_is_more_exact_is_followed_without_a_word() -> None:
    """A year does not contradict a day in it."""
    merged = merge(page(created="2021", issued="2021/12"), export(created="2021-12-02", issued="2021-12-05"))

    assert (merged.created, merged.issued, merged.remarks) == ("2021-12-02", "2021-12-05", ())


def test_the_page_has_the_last_word_on_texts() -> None:
    """What people wrote and read there is not replaced; nothing is said, since a text is more than its copy."""
    said = {
        "description": "Le texte de la page.",
        "abstract": "Un résumé.",
        "image": "a.jpg",
        "documents": (Document("A"),),
        "links": (Link("https://exemple.test/a"),),
        "guests": (Guest("Alice Exemple", "cartographe"),),
        "notes": (Note("Basile Inventé", "14:02", "Bonjour"),),
        "pad": "https://exemple.test/pad",
        "page": "https://wiki.exemple.test/Un_essai",
    }
    other = {"description": "Autre.", "image": "b.jpg", "documents": (Document("B"),), "page": "https://autre.test/"}

    merged = merge(page(**said), export(**other))

    assert {field: getattr(merged, field) for field in said} == said
    assert merged.remarks == ()


@pytest.mark.parametrize("field", [*meanings(), *TEXTS])
def test_either_fills_what_the_other_lacks(field: str) -> None:
    """A field that one of them has is in the record, without a remark."""
    values: dict[str, Any] = {"documents": (Document("A"),), "links": (Link("https://exemple.test"),)}
    kind = RecordFields.__annotations__[field]
    value = values.get(field) or (("a",) if "tuple" in str(kind) else "a")

    assert getattr(merge(page(), export(**{field: value})), field) == value
    assert getattr(merge(page(**{field: value}), export()), field) == value
    assert merge(page(), export(**{field: value})).remarks == ()


def test_other_titles_revision_and_what_is_not_recognised_are_kept_of_both() -> None:
    """Each once, those of the page first, and never the title itself."""
    merged = merge(
        page(other_titles=("Ancien",), unrecognised=(Unrecognised("Couleur", "bleu", 3),)),
        export(
            title="Un Essai",
            other_titles=("Plus ancien", "ANCIEN", "Un essai"),
            revision=Revision("wiki.exemple.test", 12),
            unrecognised=(Unrecognised("couleur", "bleu"), Unrecognised("Forme", "rond")),
            remarks=(Remark("broken-host", value="http:///"),),
        ),
    )

    assert merged.title == "Un essai"
    assert merged.other_titles == ("Ancien", "Plus ancien")
    assert merged.revision == Revision("wiki.exemple.test", 12)
    assert [item.label for item in merged.unrecognised] == ["Couleur", "Forme"]
    assert [remark.code for remark in merged.remarks] == ["broken-host"]
    assert merged.origin == Origin("a.txt")


texts = st.sampled_from(["", "2021", "2021-12", "2021/12/02", "01:00:00", "45.76, 4.835", "https://a.test/", "x"])
lists = st.lists(st.sampled_from(["FR", "France", "a", "b", ""]), max_size=2).map(tuple)
fields = st.fixed_dictionaries(
    {field: lists if "tuple" in str(RecordFields.__annotations__[field]) else texts for field in meanings()}
)


@given(fields, fields)
def test_merging_again_changes_nothing_and_loses_nothing(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Every field that either has is there, and of two that differ in meaning the other one is in a remark."""
    merged = merge(page(**ours), export(**theirs))
    again = merge(merged, export(**theirs))

    for field in meanings():
        assert bool(getattr(merged, field)) == bool(ours[field] or theirs[field])
        assert getattr(merged, field) in (ours[field], theirs[field])
        assert getattr(again, field) == getattr(merged, field)
