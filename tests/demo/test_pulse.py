"""Time goes on in the demo: uses, top-ups and renewals at their moments, and never a debt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from abonent import charging, ledger
from abonent.demo import pulse
from abonent.kit import Amount, BillingAccountId, SubscriptionId
from abonent.storage import Database

ANNA, BORIS, VERA, MODEM = (BillingAccountId(index) for index in (1, 3, 4, 5))


async def balance(db: Database, account: BillingAccountId) -> Amount:
    found = await db.run(ledger.balance, account, "BYN")
    assert found is not None
    return found.balance


async def plan(db: Database, account: BillingAccountId) -> charging.Plan:
    [found] = await db.run(charging.plans, account, SubscriptionId(account))
    return found


async def uses(db: Database) -> int:
    async with db.transaction() as tx:
        count: int = await tx.value("SELECT count(*) FROM charging.usage")
    return count


async def the_books_agree(db: Database) -> None:
    async with db.transaction() as tx:
        wrong = await tx.all(
            """SELECT billing_account_id, balance, debt, e.s FROM ledger.account a
                 LEFT JOIN (SELECT billing_account_id,
                                   sum(CASE target WHEN 'customer' THEN units ELSE -units END) s
                              FROM ledger.entry GROUP BY 1) e USING (billing_account_id)
                WHERE a.balance <> e.s OR a.balance < 0 OR a.debt > 0"""
        )
        forced = await tx.value("SELECT count(*) FROM ledger.entry WHERE forced_reason <> ''")
    assert (wrong, forced) == ([], 0)


async def test_without_people_nothing_happens(db: Database) -> None:
    await pulse(db)
    assert await uses(db) == 0


async def test_a_day_brings_uses_of_the_cast(db: Database, load: Any, clock: Any) -> None:
    await load(60)
    before = await uses(db)
    clock.move(timedelta(hours=24))
    await pulse(db)
    assert await uses(db) >= before + 8
    await the_books_agree(db)


async def test_ten_seconds_bring_a_few_uses_of_others(db: Database, load: Any, clock: Any) -> None:
    await load(60)
    before = await uses(db)
    for _ in range(6):
        clock.move(timedelta(seconds=10))
        await pulse(db)
    assert before < await uses(db) <= before + 6 * (3 + 5)
    await the_books_agree(db)


async def test_minutes_of_watching_show_what_is_left_of_anna_going_down(
    db: Database, load: Any, clock: Any
) -> None:
    await load(10)

    async def left() -> int:
        held = await db.run(charging.buckets, ANNA, SubscriptionId(1), clock.now)
        return sum(one.remaining or 0 for one in held if one.unit == "byte")

    before = await left()
    for _ in range(30):
        clock.move(timedelta(seconds=10))
        await pulse(db)
    assert before - 30 * 9 * 1024**2 < await left() < before
    await the_books_agree(db)


async def test_two_pulses_in_one_slot_tell_of_the_same_uses(
    db: Database, load: Any, clock: Any
) -> None:
    await load(60)
    clock.move(timedelta(seconds=20))
    for _ in range(12):
        clock.move(timedelta(seconds=7))
        await pulse(db)
        seen = await uses(db)
        clock.move(timedelta(milliseconds=10))
        await pulse(db)
        assert await uses(db) - seen <= 3, "at most what belongs to the new slot"
    await the_books_agree(db)


async def test_a_pulse_at_the_same_moment_changes_nothing(
    db: Database, load: Any, clock: Any
) -> None:
    await load(20)
    clock.move(timedelta(days=2))
    await pulse(db)
    before = await uses(db), await balance(db, ANNA)
    await pulse(db)
    assert (await uses(db), await balance(db, ANNA)) == before


async def test_a_pulse_that_was_broken_off_repeats_nothing(
    db: Database, load: Any, clock: Any
) -> None:
    await load(20)
    async with db.transaction() as tx:
        loaded_at = await tx.value("SELECT lived_until FROM demo.state")
    clock.move(timedelta(days=20))
    await pulse(db)
    before = await uses(db), await balance(db, ANNA), await balance(db, VERA)
    async with db.transaction() as tx:
        await tx.execute("UPDATE demo.state SET lived_until = $1", loaded_at)
    await pulse(db)
    assert (await uses(db), await balance(db, ANNA), await balance(db, VERA)) == before


async def test_after_standing_still_for_weeks_the_missed_months_are_there(
    db: Database, load: Any, clock: Any
) -> None:
    await load(60)
    clock.move(timedelta(days=50))
    await pulse(db)

    now = clock.now.date()
    for account in (ANNA, VERA, MODEM):
        assert (await plan(db, account)).next_on > now
        fees = [
            entry
            for entry in await db.run(
                ledger.entries, account, clock.now - timedelta(days=50), clock.now
            )
            if entry.category == "fee" and entry.subscription == account
        ]
        assert len(fees) in (1, 2)
        assert len({(entry.posted_at.year, entry.posted_at.month) for entry in fees}) == len(fees)
    assert await db.run(charging.due, now, limit=100) == [
        charging.Due(BORIS, SubscriptionId(BORIS), "tropinka", (await plan(db, BORIS)).next_on)
    ]
    await the_books_agree(db)


async def test_anna_keeps_sensible_money_for_half_a_year(
    db: Database, load: Any, clock: Any
) -> None:
    await load(10)
    seen = []
    for _ in range(6):
        clock.move(timedelta(days=30))
        await pulse(db)
        seen.append((await balance(db, ANNA)).units)
    assert Amount.of("40.00", "BYN").units < min(seen)
    assert max(seen) < Amount.of("110.00", "BYN").units
    await the_books_agree(db)


async def test_boris_stays_poor_until_somebody_pays_for_him(
    db: Database, load: Any, clock: Any
) -> None:
    await load(10)
    clock.move(timedelta(days=10))
    await pulse(db)
    assert await balance(db, BORIS) == Amount.of("0.17", "BYN")
    due_on = (await plan(db, BORIS)).next_on
    assert due_on <= clock.now.date()

    async with db.transaction() as tx:
        await ledger.post(
            tx,
            ledger.Posting(
                operation=charging.renewal_id(SubscriptionId(3), "gift", due_on),
                billing_account=BORIS,
                subscription=None,
                on=clock.now.date(),
                source="world",
                target="customer",
                amount=Amount.of("10.00", "BYN"),
                category="top_up",
                occurred_at=clock.now,
            ),
        )
    clock.move(timedelta(seconds=10))
    await pulse(db)

    assert (await plan(db, BORIS)).next_on > clock.now.date()
    assert await balance(db, BORIS) == Amount.of("2.27", "BYN")
