"""Terms: canonical N-Quads, read back by two parsers."""

import datetime as dt
from decimal import Decimal

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from commons_ld import dates
from commons_ld.rdf import terms

WRITABLE = st.text(st.characters(exclude_categories=["Cs"]))


def parsed(term: bytes) -> ox.Literal:
    """Return the literal that a term is."""
    (quad,) = ox.parse(b"<http://a/s> <http://a/p> " + term + b" .", format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.Literal)
    return quad.object


@given(WRITABLE)
def test_a_string_is_read_back_as_it_was(value: str) -> None:
    """Every character survives, in pyoxigraph and in rdflib."""
    term = terms.string(value)

    assert parsed(term).value == value
    graph = rdflib.Graph().parse(data=b"<http://a/s> <http://a/p> " + term + b" .", format="nt")
    assert [str(literal) for literal in graph.objects()] == [value]


@given(WRITABLE)
def test_a_string_is_in_canonical_form(value: str) -> None:
    """The bytes are those that pyoxigraph writes, which are RDFC-1.0's."""
    assert terms.text(value, "fr").decode() == str(ox.Literal(value, language="fr"))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2021/12/02", '"2021-12-02"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("2024-02-09", '"2024-02-09"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("2021/2/9", '"2021-02-09"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("2021/12", '"2021-12"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>'),
        ("2021", '"2021"^^<http://www.w3.org/2001/XMLSchema#gYear>'),
        ("2 décembre 2021", '"2021-12-02"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("1ER MARS 2021", '"2021-03-01"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("3 févr. 2021", '"2021-02-03"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("2nd May 2021", '"2021-05-02"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("December 2, 2021", '"2021-12-02"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("jeudi 2 décembre 2021", '"2021-12-02"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("Jeudi, le 2 déc. 2021", '"2021-12-02"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("Wednesday, September 22nd, 2021", '"2021-09-22"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("25/12/2021", '"2021-12-25"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("12-25-2021", '"2021-12-25"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("02.02.2021", '"2021-02-02"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("Août\u00a02021", '"2021-08"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>'),
    ],
)
def test_a_date_is_a_day_a_month_or_a_year(value: str, written: str) -> None:
    """What the page leaves open stays open."""
    term = terms.date(value)

    assert term is not None
    assert term.decode() == written


@pytest.mark.parametrize(
    ("value", "order", "day"),
    [
        ("03/02/2021", "DMY", dt.date(2021, 2, 3)),
        ("03/02/2021", "MDY", dt.date(2021, 3, 2)),
        ("3.2.2021", "DMY", dt.date(2021, 2, 3)),
        ("25/12/2021", "MDY", None),
        ("12/25/2021", "DMY", None),
        ("2021/03/02", "DMY", dt.date(2021, 3, 2)),
        ("03/02.2021", "DMY", None),
        ("03/02/21", "DMY", None),
    ],
)
def test_figures_that_end_with_the_year_are_read_in_the_order_of_the_settings(
    value: str, order: dates.DateOrder, day: dt.date | None
) -> None:
    """What would be a day in the other order alone is a slip, and is not read."""
    assert terms.full_date(value, order) == day


@pytest.mark.parametrize(
    "value",
    [
        "2021/02/30",
        "30/02/2021",
        "13/13/2021",
        "2021/13",
        "0000",
        "02/12/2021",
        "hier",
        "2021/12/02 14:09",
        "٢٠٢١",
        "31 juin 2021",
        "2 décembre",
        "décembre 21",
        "1 2 mai 2021",
        "vendredi 2 décembre 2021",
        "jeudi décembre 2021",
        "lundi 31 février 2021",
        "mai 2021 " + "x" * 10_000,
    ],
)
def test_what_is_no_date_is_not_made_one(value: str) -> None:
    """Nothing is guessed."""
    assert terms.date(value) is None


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("01:00:00", "PT1H"),
        ("00:25:00", "PT25M"),
        ("01:02:03", "PT1H2M3S"),
        ("25:00:00", "P1DT1H"),
        ("00:00:00", "PT0S"),
        ("PT90M", "PT1H30M"),
        ("P1D", "P1D"),
        ("1h", "PT1H"),
        ("1h15", "PT1H15M"),
        ("1 h 05 min", "PT1H5M"),
        ("2 heures 30", "PT2H30M"),
        ("2\u00a0h\u00a030", "PT2H30M"),
        ("1 hour", "PT1H"),
        ("45 min", "PT45M"),
        ("90 minutes", "PT1H30M"),
    ],
)
def test_a_duration_is_in_canonical_form(value: str, written: str) -> None:
    """XML Schema 1.1, part 2, E.2.3."""
    term = terms.duration(value)

    assert term is not None
    assert parsed(term).value == written


@pytest.mark.parametrize(
    "value", ["00/25:00", "25:00", "1h60", "h", "45", "1h15:00", "1,5 h", "01:60:00", "12 pages", "PT", "P", "P1DT", ""]
)
def test_what_is_no_duration_is_not_made_one(value: str) -> None:
    """Two numbers alone may be minutes or hours, so they are neither."""
    assert terms.duration(value) is None


@pytest.mark.parametrize(
    ("value", "length"), [("12 pages", "12 pages"), ("1 p.", "1 page"), ("3pp", "3 pages"), ("01:00:00", None)]
)
def test_a_number_of_pages_is_a_length(value: str, length: str | None) -> None:
    """Texts have page counts where recordings have durations."""
    assert terms.pages(value) == length


@pytest.mark.parametrize(
    ("day", "time", "zone", "written"),
    [
        (dt.date(2021, 12, 2), "14:19", "Europe/Paris", "2021-12-02T14:19:00+01:00"),
        (dt.date(2021, 7, 2), "14:19:30", "Europe/Paris", "2021-07-02T14:19:30+02:00"),
        (dt.date(2021, 7, 2), "4:05", "UTC", "2021-07-02T04:05:00Z"),
        (dt.date(2021, 3, 28), "01:30", "Europe/Paris", "2021-03-28T01:30:00+01:00"),
        (dt.date(2021, 3, 28), "14:30", "Europe/Paris", "2021-03-28T14:30:00+02:00"),
        (dt.date(2021, 10, 31), "14:30", "Europe/Paris", "2021-10-31T14:30:00+01:00"),
    ],
)
def test_a_time_has_the_offset_of_its_day(day: dt.date, time: str, zone: str, written: str) -> None:
    """Summer time is told by the day."""
    term = terms.Day.of(day, zone).date_time(time)

    assert term is not None
    assert parsed(term).value == written


@pytest.mark.parametrize("time", ["25:00", "14:60", "14-09", "", "14:09:61"])
def test_what_is_no_time_of_day_is_not_made_one(time: str) -> None:
    """A bad stamp is reported, not repaired."""
    assert terms.Day.of(dt.date(2021, 12, 2), "Europe/Paris").date_time(time) is None


@pytest.mark.parametrize(
    "value",
    [
        "45.76000, 4.83500",
        "45° 45' 36.00\" N, 4° 50' 6.00\" E",
        "45°45′36″N,4°50′6″E",
        "45.76,4.835",
        "45,76000; 4,83500",
        "+45.76,+4.835",
    ],
)
def test_coordinates_are_read_in_either_form(value: str) -> None:
    """Degrees, minutes and seconds are the same place as decimal degrees."""
    point = terms.coordinates(value)

    assert point is not None
    assert (point.latitude, point.longitude) == (Decimal("45.76"), Decimal("4.835"))


def test_south_and_west_are_negative() -> None:
    """French pages write O for west."""
    assert terms.coordinates("33° 26' 0\" S, 70° 40' 0\" O") == (Decimal("-33.433333"), Decimal("-70.666667"))


@pytest.mark.parametrize(
    "value", ["91, 0", "0, 181", "45.76", "45,76", "-4,8", "1;2;3", "45° N, 4° N", "4° E, 45° N", "a, b", "1e5, 2"]
)
def test_what_is_no_place_on_earth_is_not_made_one(value: str) -> None:
    """Numbers out of range, and sides that are mixed up, are refused."""
    assert terms.coordinates(value) is None


def test_a_character_that_ends_an_iri_is_refused() -> None:
    """An IRI that reaches the writer was checked before; if not, that is our fault and is told."""
    with pytest.raises(ValueError, match="not an IRI"):
        terms.iri("http://a/> <http://b/")


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000, places=6))
def test_a_decimal_keeps_its_value_and_has_no_exponent(value: Decimal) -> None:
    """The lexical form is xsd:decimal's."""
    written = parsed(terms.decimal(value)).value

    assert Decimal(written) == value
    assert "E" not in written.upper()
