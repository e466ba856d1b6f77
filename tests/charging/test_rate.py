"""The pure rating, against a reference that counts unit by unit."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abonent.catalog import Price
from abonent.charging import Bucket, PriceMissing, Rated, Usage, rate
from abonent.kit import Amount

NOON = datetime(2026, 7, 15, 12, tzinfo=ZoneInfo("Europe/Minsk"))
PRICES = (
    Price("byte", "home", 10, Amount(7, "BYN")),
    Price("byte", "roaming", 3, Amount(50, "BYN")),
    Price("second", "in_net", 60, Amount(500, "BYN")),
    Price("second", "home", 60, Amount(1500, "BYN")),
    Price("second", "roaming", 60, Amount(9500, "BYN")),
    Price("message", "home", 1, Amount(600, "BYN")),
    Price("message", "roaming", 1, Amount(2500, "BYN")),
)


def bucket(
    id: int, unit: str, scope: str, left: int | None, *, days: int = 10, since: int = -10
) -> Bucket:
    return Bucket(
        id=id,
        offer="meadow",
        version=1,
        unit=unit,  # type: ignore[arg-type]
        scope=scope,  # type: ignore[arg-type]
        total=left,
        remaining=left,
        valid_from=NOON + timedelta(days=since),
        valid_until=NOON + timedelta(days=days),
    )


def usage(unit: str, scope: str, quantity: int, at: datetime = NOON) -> Usage:
    return Usage(unit, scope, quantity, at)  # type: ignore[arg-type]


def covers(held: Bucket, used: Usage) -> bool:
    """The rule of scopes as a table of words."""
    words = {
        "home": used.scope in ("home", "in_net", "other_net"),
        "in_net": used.scope == "in_net",
        "other_net": used.scope == "other_net",
        "roaming": used.scope == "roaming",
        "night": used.scope == "home" and used.unit == "byte" and used.occurred_at.hour < 6,
    }
    alive = held.valid_from <= used.occurred_at < held.valid_until
    return alive and held.unit == used.unit and words[held.scope]


def slowly(used: Usage, buckets: list[Bucket]) -> Rated:
    """Give out every single unit from the best bucket that still has one."""
    left = {held.id: held.remaining for held in buckets}
    taken: dict[int, int] = {}
    beyond = 0
    for _ in range(used.quantity):
        able = [held for held in buckets if covers(held, used) and left[held.id] != 0]
        if not able:
            beyond += 1
            continue
        best = min(
            able,
            key=lambda b: (b.valid_until, b.scope == "home", b.total is not None, b.id),
        )
        count = left[best.id]
        left[best.id] = None if count is None else count - 1
        taken[best.id] = taken.get(best.id, 0) + 1
    return Rated(tuple(taken.items()), price(used, beyond))


def price(used: Usage, beyond: int) -> int:
    own = [p for p in PRICES if (p.unit, p.scope) == (used.unit, used.scope)]
    home = [p for p in PRICES if (p.unit, p.scope) == (used.unit, "home")]
    chosen = (own or home)[0]
    steps = 0
    while steps * chosen.step < beyond:
        steps += 1
    return steps * chosen.per_step.units


units = st.sampled_from(["byte", "second", "message"])
places = {
    "byte": ["home", "roaming"],
    "second": ["in_net", "other_net", "roaming"],
    "message": ["home", "roaming"],
}
held_buckets = st.lists(
    st.tuples(
        units,
        st.sampled_from(["home", "in_net", "other_net", "night", "roaming"]),
        st.none() | st.integers(0, 40),
        st.integers(-1, 3),
        st.integers(-3, 1),
    ),
    max_size=6,
)
usages = units.flatmap(
    lambda unit: st.builds(
        usage,
        st.just(unit),
        st.sampled_from(places[unit]),
        st.integers(0, 90),
        st.integers(-12, 11).map(lambda hours: NOON + timedelta(hours=hours)),
    )
)


@given(usages, held_buckets)
def test_rating_agrees_with_counting_unit_by_unit(
    used: Usage, drawn: list[tuple[str, str, int | None, int, int]]
) -> None:
    buckets = [
        bucket(number, unit, scope, left, days=max(days, since + 1), since=since)
        for number, (unit, scope, left, days, since) in enumerate(drawn, 1)
    ]
    assert rate(used, buckets, PRICES) == slowly(used, buckets)


@given(usages, held_buckets)
def test_what_is_taken_never_exceeds_the_usage_nor_a_bucket(
    used: Usage, drawn: list[tuple[str, str, int | None, int, int]]
) -> None:
    buckets = {
        number: bucket(number, unit, scope, left)
        for number, (unit, scope, left, _, _) in enumerate(drawn, 1)
    }
    rated = rate(used, buckets.values(), PRICES)
    assert rated.from_buckets <= used.quantity
    for number, quantity in rated.taken:
        remaining = buckets[number].remaining
        assert remaining is None or quantity <= remaining


def test_a_started_step_is_a_whole_step_and_rounded_once() -> None:
    assert rate(usage("second", "other_net", 61), [], PRICES).charged_units == 3000
    left = [bucket(1, "second", "other_net", 30)]
    assert rate(usage("second", "other_net", 91), left, PRICES) == Rated(((1, 30),), 3000)


def test_the_nearest_expiry_goes_first() -> None:
    buckets = [bucket(1, "byte", "home", 50, days=9), bucket(2, "byte", "home", 50, days=3)]
    assert rate(usage("byte", "home", 60), buckets, PRICES).taken == ((2, 50), (1, 10))


def test_an_unlimited_bucket_takes_all_that_is_left() -> None:
    buckets = [bucket(1, "byte", "home", 5, days=1), bucket(2, "byte", "home", None, days=2)]
    assert rate(usage("byte", "home", 10**12), buckets, PRICES) == Rated(
        ((1, 5), (2, 10**12 - 5)), 0
    )


def test_the_night_bucket_serves_until_six_local_time() -> None:
    night = [bucket(1, "byte", "night", None), bucket(2, "byte", "home", 100)]
    before = NOON.replace(hour=5, minute=59)
    assert rate(usage("byte", "home", 9, before), night, PRICES).taken == ((1, 9),)
    assert rate(usage("byte", "home", 9, before.replace(hour=6)), night, PRICES).taken == ((2, 9),)


def test_roaming_takes_from_roaming_only() -> None:
    buckets = [bucket(1, "byte", "home", 100), bucket(2, "byte", "roaming", 2)]
    assert rate(usage("byte", "roaming", 3), buckets, PRICES) == Rated(((2, 2),), 50)


def test_usage_without_a_price_is_an_error_of_the_catalogue() -> None:
    with pytest.raises(PriceMissing):
        rate(usage("message", "home", 1), [], PRICES[:2])
