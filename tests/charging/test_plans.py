"""Plans: started once, renewed once, waiting for money."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from abonent import catalog, charging, ledger
from abonent.kit import Amount, BillingAccountId, OperationId, SubscriptionId
from abonent.storage import Database, Principal

FULL = {"second in_net": None, "second other_net": 600, "byte night": None, "byte home": 1000}


async def test_starting_takes_the_fee_and_fills_the_buckets(line: Any) -> None:
    plan = await line.start(date(2026, 7, 15))

    assert plan.next_on == date(2026, 8, 15)
    assert await line.balance() == "30.10"
    assert await line.left() == FULL


async def test_starting_twice_is_starting_once(line: Any) -> None:
    first = await line.start(date(2026, 7, 15))
    assert await line.start(date(2026, 7, 15)) == first
    assert await line.balance() == "30.10"


async def test_starting_without_money_is_refused_and_nothing_remains(line: Any) -> None:
    await line.use(line.record("message", "home", 800))
    with pytest.raises(ledger.NotEnough) as refusal:
        await line.start(date(2026, 7, 15))
    assert refusal.value.missing == Amount.of("17.90", "BYN")
    assert await line.left() == {}
    assert await line.db.run(charging.plans, line.account, line.id) == []


async def test_renewing_takes_the_next_fee_and_fills_new_buckets(line: Any, clock: Any) -> None:
    await line.start(date(2026, 7, 15))
    await line.use(line.record("byte", "home", 400))
    clock.set(datetime(2026, 8, 15, 3, tzinfo=UTC))

    plan = await line.renew(date(2026, 8, 15))

    assert plan.next_on == date(2026, 9, 15)
    assert await line.balance() == "10.20"
    assert await line.left() == FULL


async def test_renewing_twice_is_renewing_once(line: Any, clock: Any) -> None:
    await line.start(date(2026, 7, 15))
    clock.set(datetime(2026, 8, 15, 3, tzinfo=UTC))
    await line.renew(date(2026, 8, 15))
    assert await line.renew(date(2026, 8, 15)) is None
    assert await line.balance() == "10.20"


async def test_renewing_at_once_from_ten_sides_is_renewing_once(line: Any, clock: Any) -> None:
    await line.start(date(2026, 7, 15))
    clock.set(datetime(2026, 8, 15, 3, tzinfo=UTC))
    done = await asyncio.gather(*(line.renew(date(2026, 8, 15)) for _ in range(10)))
    assert sum(plan is not None for plan in done) == 1
    assert await line.balance() == "10.20"


async def test_nothing_is_renewed_before_its_day(line: Any, clock: Any) -> None:
    await line.start(date(2026, 7, 15))
    clock.set(datetime(2026, 8, 14, 20, 59, tzinfo=UTC))
    assert await line.renew(date(2026, 8, 15)) is None


async def test_without_money_a_plan_stays_due_until_there_is_some(line: Any, clock: Any) -> None:
    await line.start(date(2026, 7, 15))
    await line.use(line.record("message", "home", 300))
    clock.set(datetime(2026, 8, 16, 3, tzinfo=UTC))
    with pytest.raises(ledger.NotEnough):
        await line.renew(date(2026, 8, 15))
    [due] = await line.db.run(charging.due, date(2026, 8, 16), limit=10)
    assert due == charging.Due(line.account, line.id, "meadow", date(2026, 8, 15))
    assert await line.left() == {}

    await line.pay("20.00")
    assert (await line.renew(due.on)).next_on == date(2026, 9, 15)
    assert await line.db.run(charging.due, date(2026, 8, 16), limit=10) == []


async def test_a_month_in_which_nothing_was_given_is_never_charged(line: Any, clock: Any) -> None:
    await line.start(date(2026, 7, 15))
    clock.set(datetime(2026, 9, 20, 3, tzinfo=UTC))

    plan = await line.renew(date(2026, 8, 15))

    assert plan.next_on == date(2026, 10, 15)
    assert await line.balance() == "10.20"
    assert await line.left() == FULL


async def test_a_renewal_is_told_as_a_fact(db: Database, line: Any, clock: Any) -> None:
    await line.start(date(2026, 7, 15))
    clock.set(datetime(2026, 8, 15, 3, tzinfo=UTC))
    await line.renew(date(2026, 8, 15))
    async with db.transaction() as tx:
        kinds = await tx.all("SELECT kind, body->>'next_on' AS next_on FROM storage.fact")
    assert [tuple(row) for row in kinds] == [("charging.PlanRenewed", "2026-09-15")]


async def test_granted_allowances_live_for_their_days(line: Any, db: Database, clock: Any) -> None:
    async with db.transaction() as tx:
        terms = await catalog.offer(tx, "meadow")
        await charging.grant(
            tx,
            subscription=line.id,
            offer=terms,
            first_on=date(2026, 7, 15),
            until_on=date(2026, 7, 18),
        )
    assert await line.left() == FULL
    clock.move(timedelta(days=3))
    assert await line.left() == {}


async def test_the_list_of_due_renewals_goes_on_after_its_last_one(line: Any, clock: Any) -> None:
    await line.start(date(2026, 7, 15))
    [due] = await line.db.run(charging.due, date(2026, 9, 1), limit=10)
    assert await line.db.run(charging.due, date(2026, 9, 1), limit=10, after=due) == []


async def test_another_subscriber_sees_no_bucket_plan_or_usage(line: Any) -> None:
    await line.start(date(2026, 7, 15))
    await line.use(line.record("byte", "home", 1))
    stranger = Principal.subscriber(SubscriptionId(10**6), BillingAccountId(10**6))
    async with line.db.acting(stranger).transaction() as tx:
        for table in ("bucket", "recurring", "usage"):
            assert await tx.value(f"SELECT count(*) FROM charging.{table}") == 0


async def test_an_operation_id_starts_one_plan_only(line: Any) -> None:
    operation = OperationId(uuid4())
    for _ in range(2):
        await line.db.run(
            charging.start_plan,
            operation=operation,
            subscription=line.id,
            offer=("meadow", 1),
            on=date(2026, 7, 15),
        )
    assert await line.balance() == "30.10"
