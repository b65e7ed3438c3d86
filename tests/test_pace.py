"""How long the requests of a load become."""

from __future__ import annotations

from commons_ld.stores.pace import SURE, USUAL, Pace


def most_after(pace: Pace, requests: int, rate: float) -> int:
    """Return how many statements go into one request after so many, all at one rate of statements a second."""
    for _ in range(requests):
        pace.took(pace.most, pace.most / rate)
    return pace.most


def test_what_replaces_something_stays_short_however_quick_the_store_is() -> None:
    """Longer requests are quicker here, in proportion."""
    pace, seen = Pace(), set()
    for _ in range(200):
        seen.add(pace.most)
        pace.took(pace.most, 1.0)

    assert max(seen) == USUAL
    assert (pace.times, pace.limit) == (1, USUAL)


def test_what_is_new_goes_in_long_requests_where_these_are_no_slower() -> None:
    """Who reads what is there waits for none of them; the same requests are not equally quick twice."""
    pace = Pace(is_new=True)

    assert [most_after(pace, 4, rate) for rate in (2_000.0, 1_900.0, 2_200.0, 1_900.0)] == [900, USUAL, 6_000, 20_000]
    assert (most_after(pace, 4, 1_700.0), pace.times, pace.limit) == (20_000, 10, 20_000)


def test_what_is_new_stays_short_where_a_store_is_spared_nothing() -> None:
    """It is as long as it may be, quicker or not."""
    pace = Pace(is_new=True, spares=False)

    assert [most_after(pace, 4, rate) for rate in (2_000.0, 1_900.0, 9_000.0)] == [900, USUAL, USUAL]


def test_no_long_request_is_begun_that_would_take_long() -> None:
    """A store that takes 300 statements a second would be silent for a minute."""
    pace = Pace(is_new=True)

    assert [most_after(pace, 4, rate) for rate in (100.0, 200.0)] == [900, USUAL]
    assert most_after(pace, 20, 300.0) == USUAL


def test_long_requests_that_are_refused_or_slower_are_given_up() -> None:
    """For a while; what a refused one held is sent in short ones."""
    pace = Pace(is_new=True)
    for _ in range(16):
        pace.took(pace.most, 1.0)
    assert pace.most == 20_000
    pace.refused()
    assert (pace.most, pace.limit) == (6_000, SURE)

    for _ in range(4):
        pace.took(pace.most, 60.0)
    assert most_after(pace, 25, 100.0) < 6_000
