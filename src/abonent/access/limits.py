"""The pure rules of the limits: from what was counted to how long to wait. No SQL, no clock.

Attempts count from the moment they are written, before anything is compared; so an attempt that is
still under way weighs as a failure, and many at once weigh as many.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from abonent.settings import Limits

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
MONTH = timedelta(days=30)
NO_WAIT = timedelta(0)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the attempts before this one look like.

    `budget_failures` are the instants of the last failures of the budget within a day, oldest
    first. `address_numbers` are the different numbers in the hour that ended with the address's
    last failure. `attacked` says that the whole system fails far more often than it usually does.
    """

    budget_failures: Sequence[datetime]
    address_failures: int
    address_numbers: int
    address_failed_at: datetime | None
    value_numbers: int
    attacked: bool


def budget_wait(failures: Sequence[datetime], now: datetime, limits: Limits) -> timedelta:
    """How long a number must wait: some failures are free, then each one costs more.

    A full day's worth of failures closes the way until the oldest of them is a day old.
    """
    count = len(failures)
    if count >= limits.guesses_a_day_max:
        return failures[-limits.guesses_a_day_max] + DAY - now
    if count < limits.guesses_free_max:
        return NO_WAIT
    step = min(count - limits.guesses_free_max, len(limits.guess_waits_seconds) - 1)
    wait = timedelta(seconds=limits.guess_waits_seconds[step])
    return max(NO_WAIT, failures[-1] + wait - now)


def address_wait(situation: Situation, now: datetime, limits: Limits) -> timedelta:
    """How long an address that failed with too many different numbers must stop."""
    if situation.address_failed_at is None:
        return NO_WAIT
    if situation.address_numbers <= limits.address_numbers_an_hour_max:
        return NO_WAIT
    return max(NO_WAIT, situation.address_failed_at + HOUR - now)


def needs_proof(situation: Situation, limits: Limits) -> bool:
    """Whether a right pair on an unknown device is not enough. This attempt counts itself."""
    return (
        limits.new_device_requires_proof
        or situation.attacked
        or situation.address_failures + 1 > limits.address_failures_an_hour_max
        or situation.value_numbers + 1 > limits.value_numbers_an_hour_max
    )


def window_wait(
    instants: Sequence[datetime], allowed: int, window: timedelta, now: datetime
) -> timedelta:
    """How long until one more fits: at most `allowed` within any window. Oldest first."""
    if len(instants) < allowed:
        return NO_WAIT
    return max(NO_WAIT, instants[-allowed] + window - now)


def resend_wait(sends: int, limits: Limits) -> timedelta:
    """The pause after so many sends of one flow; the last pause repeats."""
    waits = limits.resend_waits_seconds
    return timedelta(seconds=waits[min(sends, len(waits)) - 1])


def whole_seconds(wait: timedelta) -> int:
    """Rounded up: whoever waits so long is let in."""
    return max(1, math.ceil(wait.total_seconds()))
