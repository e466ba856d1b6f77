"""A life computed without a database keeps the promises of the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abonent.demo.life import Life, World, live
from abonent.demo.people import Household, household, households
from abonent.demo.shop import read_offers, read_purse

moments = st.datetimes(datetime(2024, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))


def world_at(now: datetime, currency: str = "BYN") -> World:
    offers = read_offers(currency)  # type: ignore[arg-type]
    return World(
        {offer.code: replace(offer, version=1) for offer in offers},
        read_purse(currency),  # type: ignore[arg-type]
        "Europe/Minsk",
        now,
    )


def lowest(life: Life) -> int:
    """The lowest balance after any entry, and that they add up."""
    balance, low = 0, 0
    for _, posting in life.entries:
        balance += posting.change
        low = min(low, balance)
    assert balance == life.balance
    return low


def test_nobody_is_ever_below_zero(world: World) -> None:
    for house in households(1, 400):
        assert lowest(live(house, world)) >= 0


def test_everybody_has_half_a_year_of_history(world: World) -> None:
    for house in households(6, 60):
        life = live(house, world)
        assert len({posting.on.month for _, posting in life.entries}) >= 6
        assert 15 * len(house.members) <= len(life.usages) <= 70 * len(house.members)


def test_nothing_happens_after_now(world: World) -> None:
    for house in households(1, 60):
        life = live(house, world)
        assert max(at for at, _ in life.entries) <= world.now
        assert max(record.usage.occurred_at for record, _ in life.usages) <= world.now


@pytest.mark.parametrize("currency", ["BYN", "RUB"])
@settings(max_examples=30, deadline=None)
@given(now=moments)
def test_anna_and_boris_have_their_sums_whenever_the_demo_starts(
    currency: str, now: datetime
) -> None:
    world = world_at(now, currency)
    anna, boris = live(household(1), world), live(household(3), world)
    assert (anna.balance, boris.balance) == (world.purse.anna, world.purse.boris)
    assert lowest(anna) >= 0 and lowest(boris) >= 0
    for life in (anna, boris):
        assert all(posting.amount.units % 100 == 0 for _, posting in life.entries)


@settings(max_examples=30, deadline=None)
@given(now=moments)
def test_boris_cannot_pay_his_next_fee_and_anna_can(now: datetime) -> None:
    world = world_at(now)
    for index, able in ((1, True), (3, False)):
        house: Household = household(index)
        fees = sum(world.offers[person.tariff].fee.units for person in house.members)
        assert (live(house, world).balance >= fees) is able


def test_the_cast_uses_its_numbers_several_times_a_day(world: World) -> None:
    week_ago = world.now - timedelta(days=7)
    life = live(household(1), world)
    lately = [
        record
        for record, _ in life.usages
        if record.usage.occurred_at > week_ago and record.subscription == 1
    ]
    assert len(lately) >= 14
    assert life.buckets[1][0].remaining != life.buckets[1][0].total
