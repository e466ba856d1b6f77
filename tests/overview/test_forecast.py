"""The forecast: a pure rule over the figures of home."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from abonent.kit import Amount
from abonent.overview import Balance, Forecast, Home, NextCharge, Tariff, forecast
from abonent.overview.model import HORIZON_DAYS, SPENDING_DAYS

NOON = datetime(2026, 7, 15, 9, 0, tzinfo=UTC)
RUB = 10_000


def home(
    available: int | None, *, spent: int = 0, charges: tuple[tuple[int, date], ...] = ()
) -> Home:
    """Home with so much money, so much spent in 30 days, and these charges ahead."""
    balance = None if available is None else Balance("BYN", available, available)
    return Home(
        tier=1,
        as_of=NOON,
        subscription=1,
        billing_account=1,
        msisdn=375330000001,
        name=None,
        device_kind="phone",
        language="ru",
        status="active",
        time_zone="Europe/Minsk",
        tariff=Tariff("meadow", {"ru": "Луговой"}, 0, "BYN", "month"),
        balance=balance,
        buckets=[],
        next_charges=[NextCharge("meadow", {}, "BYN", units, on) for units, on in charges],
        spent_units=spent,
    )


def test_an_unknown_balance_has_no_forecast() -> None:
    assert forecast(home(None, spent=300)) is None


def test_money_that_nothing_is_taken_from_has_no_forecast() -> None:
    assert forecast(home(5 * RUB)) is None


def test_money_ends_on_the_last_day_it_pays_for() -> None:
    seen = forecast(home(10 * RUB, spent=30 * RUB))  # a rouble a day
    assert seen == Forecast("ends", Amount(RUB, "BYN"), date(2026, 7, 25))


def test_a_charge_that_cannot_be_paid_says_what_is_missing_then() -> None:
    seen = forecast(home(1700, charges=((199_000, date(2026, 8, 1)),)))
    assert seen == Forecast("short", Amount(0, "BYN"), date(2026, 8, 1), Amount(197_300, "BYN"))


def test_spending_until_the_charge_makes_the_shortage_larger() -> None:
    seen = forecast(home(20 * RUB, spent=30 * RUB, charges=((15 * RUB, date(2026, 7, 25)),)))
    assert seen is not None
    assert (seen.kind, seen.on, seen.missing) == (
        "short",
        date(2026, 7, 25),
        Amount(4 * RUB, "BYN"),
    )


def test_a_monthly_fee_falls_again_the_month_after() -> None:
    seen = forecast(home(25 * RUB, charges=((20 * RUB, date(2026, 7, 31)),)))
    assert seen is not None
    assert (seen.kind, seen.on) == ("short", date(2026, 8, 31))


def test_an_overdue_charge_is_due_tomorrow() -> None:
    seen = forecast(home(0, charges=((RUB, date(2026, 7, 1)),)))
    assert seen is not None
    assert (seen.kind, seen.on) == ("short", date(2026, 7, 16))


def test_foreseen_sums_are_whole_kopecks() -> None:
    seen = forecast(home(1, spent=29_950, charges=((15_000, date(2026, 7, 16)),)))
    assert seen is not None
    assert (seen.per_day, seen.missing) == (Amount(1000, "BYN"), Amount(15_000, "BYN"))


def test_enough_for_the_horizon_says_so() -> None:
    seen = forecast(home(1000 * RUB, spent=30 * RUB))
    assert seen == Forecast("lasts", Amount(RUB, "BYN"))


@given(
    available=st.integers(-RUB, 300 * RUB),
    spent=st.integers(0, 100 * RUB),
    fee=st.integers(0, 50 * RUB),
    ahead=st.integers(0, 40),
)
def test_the_forecast_is_what_living_day_by_day_comes_to(
    available: int, spent: int, fee: int, ahead: int
) -> None:
    """The slow reference: every day is lived, and the first that cannot be paid is found."""
    on = date(2026, 7, 15) + timedelta(days=ahead)
    charges = ((fee, on),) if fee else ()
    seen = forecast(home(available, spent=spent, charges=charges))
    rate = spent // SPENDING_DAYS
    if not rate and not fee:
        assert seen is None
        return
    assert seen is not None
    left, day = available, date(2026, 7, 15)
    due_on = {max(on, day + timedelta(days=1))} if fee else set()
    if fee and on > day:
        due_on |= {date(2026, month, min(on.day, 30 if month == 9 else 31)) for month in (8, 9)}
        due_on = {one for one in due_on if one >= on}
    for _ in range(HORIZON_DAYS):
        day += timedelta(days=1)
        if day in due_on:
            if left < fee:
                assert (seen.kind, seen.on) == ("short", day)
                assert seen.missing is not None
                assert 0 <= seen.missing.units - (fee - left) < 100
                return
            left -= fee
        left -= rate
        if left < 0:
            assert (seen.kind, seen.on) == ("ends", day - timedelta(days=1))
            return
    assert seen.kind == "lasts"
