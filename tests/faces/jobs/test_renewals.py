"""Fees are taken when they are due: once, from whoever can pay, and again for whoever could not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from abonent import ledger
from abonent.faces.jobs import renew_plans
from abonent.kit import Amount, operation_id
from abonent.storage import Database
from tests.conftest import Clock
from tests.phones import ANNA, BORIS, open_phone

# The 15th of August begins in Minsk three hours before it does in UTC.
DUE = datetime(2026, 8, 14, 21, 0, tzinfo=UTC)


async def money(db: Database, account: int) -> str:
    found = await db.run(ledger.balance, account, "BYN")
    assert found is not None
    return found.balance.decimal()


async def test_a_fee_is_taken_on_its_day_and_only_once(db: Database, clock: Clock) -> None:
    anna = await open_phone(db, ANNA)
    clock.set(DUE.replace(hour=20, minute=59))
    assert await renew_plans(db) == 0
    clock.set(DUE)
    assert await renew_plans(db) == 1
    assert await renew_plans(db) == 0
    assert await money(db, anna.billing_account) == "27.45"


async def test_workers_that_run_at_once_take_it_once(db: Database, clock: Clock) -> None:
    anna = await open_phone(db, ANNA)
    clock.set(DUE)
    renewed = await asyncio.gather(*(renew_plans(db) for _ in range(5)))
    assert sum(renewed) == 1
    assert await money(db, anna.billing_account) == "27.45"


async def test_who_cannot_pay_keeps_nobody_waiting_and_is_tried_again(
    db: Database, clock: Clock
) -> None:
    boris = await open_phone(db, BORIS, top_up="20.07")
    await open_phone(db, ANNA)
    clock.set(DUE)
    assert await renew_plans(db) == 1
    assert await money(db, boris.billing_account) == "0.17"
    posting = ledger.Posting(
        operation=operation_id("test", "top-up", "1"),
        billing_account=boris.billing_account,
        subscription=boris.subscription,
        on=DUE.date(),
        source="world",
        target="customer",
        amount=Amount.of("30.00", "BYN"),
        category="top_up",
        occurred_at=DUE,
    )
    await db.run(ledger.post, posting)
    assert await renew_plans(db) == 1
    assert await money(db, boris.billing_account) == "10.27"
