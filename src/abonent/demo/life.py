"""Half a year of a household's life, computed with the rules of the rooms and without a database.

Every use is rated by `charging.rate`, every sum is a posting that the rooms' own functions make, so
living through it action by action ends at the same balance, buckets and dates. The balance is never
below zero: who cannot pay for a use does without it, as a prepaid network would have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import msgspec

from abonent import catalog, charging, ledger
from abonent.demo.calendar import periods, renewal_at, top_up_at
from abonent.demo.habits import usual_uses
from abonent.demo.people import Household, Person
from abonent.demo.shop import Purse
from abonent.kit import Amount, BillingAccountId, SubscriptionId, operation_id

HISTORY_DAYS = 183

_OPENING_AHEAD = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class World:
    """What everybody has in common: the offers by code, the purse, the zone, the moment it is."""

    offers: Mapping[str, catalog.Offer]
    purse: Purse
    time_zone: str
    now: datetime


@dataclass(slots=True)
class Life:
    """What has come of a household until now. A use is recorded at the moment it occurs."""

    household: Household
    anchor_day: int
    balance: int = 0
    entries: list[tuple[datetime, ledger.Posting]] = field(default_factory=list)
    usages: list[tuple[charging.UsageRecord, charging.Rated]] = field(default_factory=list)
    buckets: dict[int, list[charging.Bucket]] = field(default_factory=dict)
    next_on: dict[int, date] = field(default_factory=dict)
    overage: dict[int, int] = field(default_factory=dict)

    def post(self, at: datetime, posting: ledger.Posting) -> None:
        self.balance += posting.change
        self.entries.append((at, posting))


def live(household: Household, world: World) -> Life:
    """The household's history until `world.now`, its entries in the order of time.

    For the cast the last top-up is set so that the balance comes to its exact sum: all that
    follows it are charges, so no moment falls below that sum.
    """
    life = _live(household, world, last_top_up_more=0)
    if household.exact is not None:
        wanted = world.purse.anna if household.exact == "anna" else world.purse.boris
        life = _live(household, world, last_top_up_more=wanted - life.balance)
        assert life.balance == wanted, "a use of the cast was cut off: give them more to spare"
    life.entries.sort(key=lambda entry: entry[0])
    return life


def fees_of(household: Household, world: World) -> int:
    """What a period costs the household."""
    return sum(world.offers[person.tariff].fee.units for person in household.members)


def fixed_top_up(household: Household, world: World) -> int:
    """The fees in whole steps and what is to spare: what the cast tops up every month."""
    step = world.purse.step
    return (-(-fees_of(household, world) // step) + household.spare_steps) * step


def top_up_posting(household: Household, amount: Amount, at: datetime, key: str) -> ledger.Posting:
    """Money from outside; `key` names the top-up within the household."""
    return ledger.Posting(
        operation=operation_id(f"demo:{household.index}", "demo.top_up", key),
        billing_account=BillingAccountId(household.index),
        subscription=None,
        on=at.date(),
        source="world",
        target="customer",
        amount=amount,
        category="opening" if key == "opening" else "top_up",
        occurred_at=at,
    )


def _live(household: Household, world: World, *, last_top_up_more: int) -> Life:
    now = charging.local(world.now, world.time_zone)
    first = now.date() - timedelta(days=HISTORY_DAYS)
    spans = list(periods(household.anchor_draw, first, now.date()))
    life = Life(household, anchor_day=spans[0][0].day)
    asset, step = world.purse.asset, world.purse.step
    if household.opening_steps:
        at = charging.midnight(spans[0][0], world.time_zone) - _OPENING_AHEAD
        opening = Amount(household.opening_steps * step, asset)
        life.post(at, top_up_posting(household, opening, at, "opening"))
    paid = [span for span in spans if _is_paid(household, span[0], world, now)]
    for on, next_on in paid:
        units = _top_up_units(life, world) + (last_top_up_more if on == paid[-1][0] else 0)
        if units > 0:
            at = top_up_at(household.index, on, world.time_zone)
            life.post(at, top_up_posting(household, Amount(units, asset), at, str(on)))
        _live_period(life, world, on, next_on, now)
    return life


def _is_paid(household: Household, on: date, world: World, now: datetime) -> bool:
    """Whether the money for a period has been brought. Who never pays ahead brought it only for
    the periods that have begun."""
    if household.pays:
        return top_up_at(household.index, on, world.time_zone) <= now
    return renewal_at(household.index, on, world.time_zone) <= now


def _top_up_units(life: Life, world: World) -> int:
    """The cast tops up the same sum every month, everybody else what is missing."""
    household, step = life.household, world.purse.step
    if household.exact is not None:
        return fixed_top_up(household, world)
    missing = fees_of(household, world) + household.spare_steps * step - life.balance
    return max(0, -(-missing // step) * step)


def _live_period(life: Life, world: World, on: date, next_on: date, now: datetime) -> None:
    """Fees and uses. The uses of the last day are judged before the top-up that came that day: so
    every top-up is enough for the fees after it, in whichever order the two are told."""
    uses: list[tuple[datetime, Person, charging.UsageRecord]] = []
    for person in life.household.members:
        starts = renewal_at(person.index, on, world.time_zone)
        if starts > now:
            life.next_on[person.index] = on
            continue
        _renew(life, world, person, on, next_on, starts)
        for record in usual_uses(person, world.offers[person.tariff], on, next_on, world.time_zone):
            if starts <= record.usage.occurred_at <= now:
                uses.append((record.usage.occurred_at, person, record))
    if len(life.household.members) > 1:
        uses.sort(key=lambda use: use[0])
    for at, person, record in uses:
        _use(life, world, person, record, at)


def _renew(life: Life, world: World, person: Person, on: date, next_on: date, at: datetime) -> None:
    offer = world.offers[person.tariff]
    subscription = SubscriptionId(person.index)
    posting = charging.fee_posting(
        charging.renewal_id(subscription, offer.code, on),
        BillingAccountId(life.household.index),
        subscription,
        offer,
        posted_on=on,
        occurred_at=charging.midnight(on, world.time_zone),
    )
    life.post(at, posting)
    life.next_on[person.index] = next_on
    life.overage[person.index] = 0
    valid = charging.midnight(on, world.time_zone), charging.midnight(next_on, world.time_zone)
    life.buckets[person.index] = [
        charging.Bucket(
            number, offer.code, offer.version, a.unit, a.scope, a.quantity, a.quantity, *valid
        )
        for number, a in enumerate(offer.allowances)
    ]


def _use(
    life: Life, world: World, person: Person, record: charging.UsageRecord, at: datetime
) -> None:
    offer = world.offers[person.tariff]
    buckets = life.buckets[person.index]
    rated = charging.rate(record.usage, buckets, offer.prices)
    charged = rated.charged_units
    if charged:
        overage = life.overage[person.index] + charged
        if charged > life.balance or overage > person.overage_steps * world.purse.step:
            return
        life.overage[person.index] = overage
        account = BillingAccountId(life.household.index)
        posting = charging.usage_posting(record, account, offer, charged, posted_on=at.date())
        life.post(at, posting)
    for number, quantity in rated.taken:
        bucket = buckets[number]
        if bucket.remaining is not None:
            left = bucket.remaining - quantity
            buckets[number] = msgspec.structs.replace(bucket, remaining=left)
    life.usages.append((record, rated))
