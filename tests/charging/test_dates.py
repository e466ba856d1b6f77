"""The dates of periods."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abonent.charging import next_date

dates = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def test_anchor_31_is_the_last_day_and_then_31_again() -> None:
    on, seen = date(2026, 12, 31), []
    for _ in range(5):
        on = next_date("month", on, 31)
        seen.append(on.isoformat())
    assert seen == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]


@given(dates)
def test_a_year_of_periods_comes_back_to_the_same_day(start: date) -> None:
    on = start
    for month in range(1, 13):
        after = next_date("month", on, start.day)
        assert (after.year * 12 + after.month) - (start.year * 12 + start.month) == month
        last = monthrange(after.year, after.month)[1]
        assert after.day == min(start.day, last)
        on = after
    assert (on.month, on.day == start.day or on.month == 2) == (start.month, True)


@given(dates)
def test_a_day_lasts_until_tomorrow(on: date) -> None:
    assert next_date("day", on, 1) == on + timedelta(days=1)


def test_what_is_taken_once_has_no_next_period() -> None:
    with pytest.raises(ValueError):
        next_date("once", date(2026, 7, 1), 1)
