"""Time goes on in the demo: the people use their numbers, bring money, and their plans renew.

It is called every few seconds and makes happen whatever lies between the last call and now, each
thing at its own moment and through the doors of the rooms, even after the demo stood still for
weeks. Nobody is driven into debt: a use is quoted first and left out when the money is not there.
Everything has an id of its own, so what was made to happen twice happens once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from abonent import catalog, charging, ledger
from abonent.demo import load_store
from abonent.demo.calendar import period_of, renewal_at, top_up_at
from abonent.demo.draw import Draw
from abonent.demo.habits import passing_use, sudden_use, usual_uses
from abonent.demo.life import World, fees_of, fixed_top_up, top_up_posting
from abonent.demo.people import CAST, INDEX_MAX, Household, Person, household
from abonent.demo.shop import read_purse
from abonent.kit import Amount, BillingAccountId, SubscriptionId
from abonent.storage import Database, Principal, Transaction, ensure_months

SLICE = timedelta(days=1)

_SUDDEN_USES = 3
_RENEWALS_MAX = 300
_SLOT_SECONDS = 10

_Deed = Callable[[Database], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Span:
    """A piece of time to live through: after `since`, up to and with `until`."""

    since: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        return self.since < at <= self.until


async def pulse(db: Database) -> None:
    """Let the demo's people live until now. Nothing happens before they are loaded."""
    db = db.acting(Principal.system("demo"))
    now = db.clock()
    since = await db.run(load_store.lived_until)
    if since is None or since >= now:
        return
    world = World(
        offers={offer.code: offer for offer in await db.run(catalog.tariffs)},
        purse=read_purse(db.settings.currency),
        time_zone=db.settings.operator.time_zone,
        now=now,
    )
    if now - since > SLICE:
        await db.run(ensure_months, first=since, last=now)
    while since < now:
        span = _Span(since, min(now, since + SLICE))
        await _live_through(db, world, span)
        await db.run(load_store.set_lived_until, span.until)
        since = span.until
    await _pass_time(db, world)
    await _surprise(db, world)


async def _live_through(db: Database, world: World, span: _Span) -> None:
    """All deeds of a span, in the order of time, each with the clock at its moment."""
    today = charging.local(span.until, world.time_zone).date()
    due = await db.run(charging.due, today, limit=_RENEWALS_MAX)
    deeds = [
        *_renewals(world, span, due),
        *[deed for house in _cast_houses() for deed in _top_ups(world, span, house)],
        *[deed for person in CAST for deed in _uses(world, span, person)],
    ]
    for at, deed in sorted(deeds, key=lambda timed: timed[0]):
        await deed(_at(db, at))


def _renewals(
    world: World, span: _Span, due: list[charging.Due]
) -> Iterator[tuple[datetime, _Deed]]:
    """What is due by now; what was due before the span is tried again at its beginning."""
    for renewal in due:
        at = renewal_at(renewal.subscription, renewal.on, world.time_zone)
        if at <= span.until:
            yield max(at, span.since), partial(_renew, world=world, renewal=renewal)


def _top_ups(world: World, span: _Span, house: Household) -> Iterator[tuple[datetime, _Deed]]:
    """The money that the cast brings on the day before their periods. Boris brings none."""
    if not house.pays:
        return
    for days in range(3):
        on = charging.local(span.since, world.time_zone).date() + timedelta(days=days)
        at = top_up_at(house.index, on, world.time_zone)
        if span.holds(at):
            yield at, partial(_top_up, world=world, house=house, at=at)


def _uses(world: World, span: _Span, person: Person) -> Iterator[tuple[datetime, _Deed]]:
    """The usual uses of the cast, in the periods that their plans have had from the start."""
    anchor = household(person.index).anchor_draw
    days = [charging.local(at, world.time_zone).date() for at in (span.since, span.until)]
    for on, next_on in sorted({period_of(day, anchor) for day in days}):
        for record in usual_uses(person, world.offers[person.tariff], on, next_on, world.time_zone):
            if span.holds(record.usage.occurred_at):
                deed = partial(_use, world=world, person=person, record=record)
                yield record.usage.occurred_at, deed


async def _renew(db: Database, *, world: World, renewal: charging.Due) -> None:
    """Renew; whoever is short of money and is one who pays brings what is missing."""
    short = await _renewed(db, renewal)
    house = household(renewal.subscription) if renewal.subscription <= INDEX_MAX else None
    if short is not None and house is not None and house.pays:
        step = world.purse.step
        missing = Amount(-(-short.units // step) * step, world.purse.asset)
        at = charging.local(db.clock(), world.time_zone)
        key = f"{renewal.on}-{renewal.subscription}"
        await db.run(ledger.post, top_up_posting(house, missing, at, key))
        await _renewed(db, renewal)


async def _renewed(db: Database, renewal: charging.Due) -> Amount | None:
    """Renew a plan. What is missing when there is too little money."""
    try:
        await db.run(
            charging.renew,
            billing_account=renewal.billing_account,
            subscription=renewal.subscription,
            offer=renewal.offer,
            on=renewal.on,
        )
    except ledger.NotEnough as refusal:
        return refusal.missing
    return None


async def _top_up(db: Database, *, world: World, house: Household, at: datetime) -> None:
    """Bring the money for the period that begins tomorrow, if one does."""
    tomorrow = charging.local(at, world.time_zone).date() + timedelta(days=1)
    account = BillingAccountId(house.index)
    plans = await db.run(charging.plans, account, SubscriptionId(house.index))
    if not any(plan.next_on == tomorrow for plan in plans):
        return
    if house.exact is not None:
        units = fixed_top_up(house, world)
    else:
        balance = await db.run(ledger.balance, account, world.purse.asset)
        left = balance.available.units if balance else 0
        step = world.purse.step
        units = -(-(fees_of(house, world) + house.spare_steps * step - left) // step) * step
    if units > 0:
        amount = Amount(units, world.purse.asset)
        await db.run(ledger.post, top_up_posting(house, amount, at, str(tomorrow)))


async def _use(db: Database, *, world: World, person: Person, record: charging.UsageRecord) -> None:
    await db.run(_use_within_means, record=record, keep=_keep(person, world), world=world)


async def _use_within_means(
    tx: Transaction, *, record: charging.UsageRecord, keep: int | None, world: World
) -> None:
    """Record a use that costs nothing, or leaves so much on the account. `keep` None: free only."""
    quoted = await charging.quote_usage(tx, record=record)
    if quoted.charged_units:
        account = BillingAccountId(household(record.subscription).index)
        balance = await ledger.balance(tx, account, world.purse.asset, lock=True)
        if keep is None or balance is None:
            return
        if balance.available.units - quoted.charged_units < keep:
            return
    await charging.record_usage(tx, record=record)


def _keep(person: Person, world: World) -> int | None:
    """What a use must leave: Anna her usual sum, others their next fees, Boris buys nothing."""
    house = household(person.index)
    if not person.overage_steps:
        return None
    if house.exact == "anna":
        return world.purse.anna - person.overage_steps * world.purse.step
    return fees_of(house, world)


async def _pass_time(db: Database, world: World) -> None:
    """The cast uses a little just now: whoever watches the screens sees figures change."""
    slot, at = _slot(world)
    for person in CAST:
        record = passing_use(person, slot, at)
        if record is not None:
            await _use(db, world=world, person=person, record=record)


async def _surprise(db: Database, world: World) -> None:
    """A few others use their numbers now; who they are follows from the time."""
    population = await db.run(load_store.population)
    slot, at = _slot(world)
    if population <= len(CAST):
        return
    draw = Draw(slot)
    for _ in range(_SUDDEN_USES):
        index = draw.between(len(CAST) + 1, population)
        person = next(one for one in household(index).members if one.index == index)
        record = sudden_use(person, slot, at)
        await db.run(_use_within_means, record=record, keep=0, world=world)


def _slot(world: World) -> tuple[int, datetime]:
    """The slot of now and its beginning: two pulses in one slot tell of the same uses."""
    slot = int(world.now.timestamp()) // _SLOT_SECONDS
    begins = datetime.fromtimestamp(slot * _SLOT_SECONDS, UTC)
    return slot, charging.local(begins, world.time_zone)


def _cast_houses() -> Iterator[Household]:
    for person in CAST:
        house = household(person.index)
        if house.index == person.index:
            yield house


def _at(db: Database, moment: datetime) -> Database:
    """The database with its clock at a moment."""
    return replace(db, clock=lambda: moment)
