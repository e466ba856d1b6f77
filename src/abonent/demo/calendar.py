"""When things happen to the demo's people: their periods, their fees, their top-ups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from abonent import charging


def periods(anchor_draw: int, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The periods [on, next_on) that begin from `first` to `last`, and the one after them.

    The day on which the first one begins is the anchor of them all, as of any plan.
    """
    month_before = first.replace(day=1) - timedelta(days=1)
    on = charging.next_date("month", month_before, anchor_draw)
    if on < first:
        on = charging.next_date("month", on, anchor_draw)
    anchor = on.day
    while True:
        next_on = charging.next_date("month", on, anchor)
        yield on, next_on
        if on > last:
            return
        on = next_on


def renewal_at(index: int, on: date, time_zone: str) -> datetime:
    """When the fee is taken: in the first hour of the day, not everybody's at once."""
    return charging.midnight(on, time_zone) + timedelta(seconds=10 + index * 17 % 3500)


def top_up_at(index: int, on: date, time_zone: str) -> datetime:
    """When the money for a period is brought: some time of the day before, from eight o'clock."""
    seconds = 8 * 3600 + index * 7919 % (15 * 3600)
    return charging.midnight(on - timedelta(days=1), time_zone) + timedelta(seconds=seconds)


def period_of(day: date, anchor_day: int) -> tuple[date, date]:
    """The period [on, next_on) of a plan that a day lies in."""
    month_before = day.replace(day=1) - timedelta(days=1)
    on = charging.next_date("month", month_before, anchor_day)
    if on > day:
        on = charging.next_date("month", month_before.replace(day=1) - timedelta(1), anchor_day)
    return on, charging.next_date("month", on, anchor_day)
