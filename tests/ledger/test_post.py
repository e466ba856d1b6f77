"""One posting: the floor, the debt, repeats."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from abonent import ledger
from abonent.kit import Amount, BillingAccountId, OperationReused, SubscriptionId
from abonent.storage import Database, Principal


async def test_a_top_up_and_a_charge_make_the_balance(wallet: Any) -> None:
    assert await wallet.move("20.00") == "20.00"
    assert await wallet.move("-7.1250") == "12.8750"

    assert (await wallet.now()).balance == Amount.of("12.8750", "BYN")
    assert [entry.change for entry in await wallet.entries()] == [200_000, -71_250]


async def test_a_charge_above_the_balance_is_refused_and_nothing_remains(wallet: Any) -> None:
    await wallet.move("5.00")
    with pytest.raises(ledger.NotEnough) as refusal:
        await wallet.move("-7.25")

    assert refusal.value.facts() == {"missing": Amount.of("2.25", "BYN")}
    assert (await wallet.now()).balance == Amount.of("5.00", "BYN")
    assert len(await wallet.entries()) == 1


async def test_a_refused_operation_may_come_again_when_there_is_money(wallet: Any) -> None:
    operation = uuid4()
    with pytest.raises(ledger.NotEnough):
        await wallet.move("-1.00", operation)
    await wallet.move("3.00")
    assert await wallet.move("-1.00", operation) == "2.00"


async def test_the_same_operation_moves_money_once(wallet: Any) -> None:
    operation = uuid4()
    await wallet.move("20.00", operation)
    await wallet.move("-5.00")
    assert await wallet.move("20.00", operation) == "15.00"


async def test_a_repeat_after_midnight_is_still_the_same_operation(wallet: Any, clock: Any) -> None:
    operation = uuid4()
    await wallet.move("20.00", operation)
    clock.move(timedelta(days=17))
    late = {"on": date(2026, 8, 1), "occurred_at": clock.now}
    assert await wallet.move("20.00", operation, **late) == "20.00"


async def test_the_same_operation_with_another_amount_is_refused(wallet: Any) -> None:
    operation = uuid4()
    await wallet.move("20.00", operation)
    with pytest.raises(OperationReused):
        await wallet.move("21.00", operation)
    assert (await wallet.now()).balance == Amount.of("20.00", "BYN")


async def test_a_forced_charge_makes_visible_debt_and_says_why(wallet: Any) -> None:
    await wallet.move("1.00")
    assert await wallet.move("-3.50", forced_reason="chargeback") == "-2.50"

    balance = await wallet.now()
    assert balance.debt == Amount.of("2.50", "BYN")
    assert (await wallet.entries())[-1].forced_reason == "chargeback"


async def test_a_top_up_pays_the_debt_off(wallet: Any) -> None:
    await wallet.move("-3.00", forced_reason="chargeback")
    await wallet.move("2.00")
    assert (await wallet.now()).debt == Amount.of("1.00", "BYN")
    await wallet.move("2.00")
    assert (await wallet.now()).debt == Amount.of("0", "BYN")


async def test_usage_is_authorised_with_money_and_forced_without(wallet: Any) -> None:
    await wallet.move("1.00")
    await wallet.move("-0.60", reason_if_short="late usage")
    await wallet.move("-0.60", reason_if_short="late usage")

    reasons = [entry.forced_reason for entry in await wallet.entries()]
    assert reasons == [None, None, "late usage"]
    assert (await wallet.now()).debt == Amount.of("0.20", "BYN")


async def test_credit_lowers_the_floor(db: Database, wallet: Any) -> None:
    other = BillingAccountId(8)
    credit = Amount.of("10.00", "BYN")
    await db.run(ledger.open_account, billing_account=other, asset="BYN", credit_limit=credit)

    await wallet.move("-10.00", billing_account=other)

    balance = await db.run(ledger.balance, other, "BYN")
    assert balance is not None
    assert (balance.balance.decimal(), balance.available.units) == ("-10.00", 0)
    with pytest.raises(ledger.NotEnough):
        await wallet.move("-0.0001", billing_account=other)


async def test_day_totals_say_what_the_days_changed(db: Database, wallet: Any) -> None:
    await wallet.move("20.00")
    await wallet.move("-1.00")
    await wallet.move("-2.00")
    async with db.transaction() as tx:
        rows = await tx.all("SELECT category, units FROM ledger.published_day_total ORDER BY 1")
    assert [tuple(row) for row in rows] == [("top_up", 200_000), ("usage", -30_000)]


async def test_an_unknown_account_has_no_balance(db: Database) -> None:
    assert await db.run(ledger.balance, BillingAccountId(404), "BYN") is None


async def test_a_posting_without_sense_is_a_bug(wallet: Any) -> None:
    for wrong in ({"source": "world"}, {"category": "gift"}, {"forced_reason": ""}):
        with pytest.raises(ValueError):
            await wallet.move("-1.00", **wrong)
    with pytest.raises(ValueError):
        await wallet.move("0.00")


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger.entry SET units = 1", "DELETE FROM ledger.entry"]
)
async def test_entries_cannot_be_changed_by_the_app(wallet: Any, statement: str) -> None:
    await wallet.move("20.00")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with wallet.db.transaction() as tx:
            await tx.execute(statement)


async def test_another_subscriber_sees_nothing_of_this_account(wallet: Any) -> None:
    await wallet.move("20.00")
    stranger = Principal.subscriber(SubscriptionId(80), BillingAccountId(8))
    owner = Principal.subscriber(SubscriptionId(70), wallet.id)
    seen = {}
    for who in (stranger, owner):
        async with wallet.db.acting(who).transaction() as tx:
            seen[who] = [
                await tx.value(f"SELECT count(*) FROM ledger.{table}")
                for table in ("account", "entry", "day_total")
            ]
    assert seen == {stranger: [0, 0, 0], owner: [1, 1, 1]}


async def test_another_subscriber_cannot_post_here(wallet: Any) -> None:
    await wallet.move("20.00")
    stranger = Principal.subscriber(SubscriptionId(80), BillingAccountId(8))
    robbed = replace(wallet, db=wallet.db.acting(stranger))
    with pytest.raises(asyncpg.PostgresError):
        await robbed.move("-1.00")
    assert (await wallet.now()).balance == Amount.of("20.00", "BYN")
