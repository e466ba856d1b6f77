"""A sample of the loaded people, lived again one by one through the actions of the rooms."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from abonent import charging, ledger, subscribers
from abonent.demo.life import Life, World, live
from abonent.demo.people import Household, household
from abonent.demo.rows import imsi, language, msisdn
from abonent.kit import BillingAccountId, Msisdn, SubscriptionId
from abonent.storage import Database, reserve_ids

SAMPLE = (1, 3, 4, 5, 6, 9, 10, 12, 16, 18, 23, 26, 31, 36, 44, 59, 72, 86, 96, 101)

_STATE = {
    "ledger.account": "asset, balance, reserved, credit_limit, debt, changed_at",
    "ledger.day_total": "asset, on_date, category, units",
    "ledger.entry": (
        "posted_at, operation_id, subscription_id, asset, source, target, units, category,"
        " occurred_at, forced_reason, offer_code, offer_version, tax_rate_bp"
    ),
    "charging.recurring": (
        "subscription_id, offer_code, offer_version, asset, fee_units, anchor_day, next_on"
    ),
    "charging.usage": (
        "occurred_at, source, source_id, subscription_id, unit, scope, quantity, from_buckets,"
        " charged_units, recorded_at"
    ),
    "charging.bucket": (
        "subscription_id, offer_code, offer_version, unit, scope, total, remaining, valid_from,"
        " valid_until"
    ),
    "messaging.contact": "subscription_id, msisdn, language",
    "subscribers.subscription": ("id, status, name, device_kind, language, tariff, tariff_version"),
}


async def state(db: Database, account: int) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of an account that matter, without the ids that the database gives."""
    found = {}
    async with db.transaction() as tx:
        for table, columns in _STATE.items():
            alive = f" AND valid_until > '{tx.now}'" if table == "charging.bucket" else ""
            rows = await tx.all(
                f"SELECT {columns} FROM {table} WHERE billing_account_id = $1{alive}", account
            )
            found[table] = sorted((tuple(row) for row in rows), key=repr)
    return found


def next_id(url: str, table: str, index: int) -> None:
    if index > 1:
        reserve_ids(url, {table: index - 1})


async def open_household(db: Database, url: str, house: Household, world: World) -> None:
    """Open account and numbers so that they get the ids they have in the demo."""
    next_id(url, "subscribers.billing_account", house.index)
    account = await db.run(
        subscribers.open_billing_account,
        account=subscribers.BillingAccount(str(house.index), world.time_zone),
    )
    await db.run(ledger.open_account, billing_account=account, asset="BYN")
    operator = db.settings.operator
    for person in house.members:
        next_id(url, "subscribers.subscription", person.index)
        opened = await db.run(
            subscribers.open_subscription,
            account=account,
            msisdn=Msisdn(f"+{msisdn(operator, person.index)}"),
            imsi=str(imsi(operator, person.index)),
            tariff=(person.tariff, 1),
            language=language(operator, person),
            name=person.name,
            device_kind=person.device,
        )
        assert (account, opened) == (house.index, person.index)


async def live_again(db: Database, clock: Any, life: Life) -> None:
    """Everything that happened, in the order of time, each with the clock at its moment."""
    deeds: list[tuple[datetime, Any]] = []
    started: set[int] = set()
    for at, posting in life.entries:
        if posting.category == "fee":
            assert posting.subscription is not None and posting.offer is not None
            first = posting.subscription not in started
            started.add(posting.subscription)
            deeds.append((at, partial(_plan, db, posting, first)))
        elif posting.category != "usage":
            deeds.append((at, partial(db.run, ledger.post, posting)))
    for record, _ in life.usages:
        at = record.usage.occurred_at
        deeds.append((at, partial(db.run, charging.record_usage, record=record)))
    for at, deed in sorted(deeds, key=lambda timed: timed[0]):
        clock.set(at)
        await deed()


async def _plan(db: Database, posting: ledger.Posting, first: bool) -> None:
    subscription = SubscriptionId(posting.subscription or 0)
    code, version = posting.offer or ("", 0)
    if first:
        await db.run(
            charging.start_plan,
            operation=posting.operation,
            subscription=subscription,
            offer=(code, version),
            on=posting.on,
        )
    else:
        await db.run(
            charging.renew,
            billing_account=BillingAccountId(posting.billing_account),
            subscription=subscription,
            offer=code,
            on=posting.on,
        )


async def test_lives_lived_by_the_actions_equal_the_loaded_rows(
    db: Database, second: Database, second_url: str, load: Any, world: World, clock: Any
) -> None:
    await load(110)
    now = clock.now
    for index in SAMPLE:
        house = household(index)
        await open_household(second, second_url, house, world)
        await live_again(second, clock, live(house, replace(world, now=now)))
        clock.set(now)
        assert await state(second, house.index) == await state(db, house.index), house.party_name
