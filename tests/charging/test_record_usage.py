"""Usage records: counted once, taken from buckets, charged, never lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

from abonent import charging, ledger
from abonent.kit import Amount, Keys
from abonent.settings import Settings
from abonent.storage import Database, Principal, connect


async def test_usage_within_the_bucket_costs_nothing(line: Any) -> None:
    await line.start(date(2026, 7, 15))
    await line.use(line.record("byte", "home", 250))
    assert (await line.left())["byte home"] == 750
    assert await line.balance() == "30.10"


async def test_usage_beyond_the_bucket_is_charged_by_started_steps(line: Any) -> None:
    await line.start(date(2026, 7, 15))
    await line.use(line.record("byte", "home", 1101))
    assert (await line.left())["byte home"] == 0
    assert await line.balance() == "30.06"


async def test_a_record_that_comes_again_counts_once(line: Any) -> None:
    await line.start(date(2026, 7, 15))
    record = line.record("byte", "home", 1100)
    assert await line.use(record) is not None
    assert await line.use(record) is None
    assert await line.balance() == "30.08"


async def test_unlimited_usage_is_written_down_and_free(line: Any, db: Database) -> None:
    await line.start(date(2026, 7, 15))
    await line.use(line.record("second", "in_net", 5000))
    async with db.transaction() as tx:
        row = await tx.one("SELECT quantity, from_buckets, charged_units FROM charging.usage")
    assert row is not None and tuple(row) == (5000, 5000, 0)
    assert await line.balance() == "30.10"


async def test_the_night_is_the_night_of_the_account(line: Any) -> None:
    await line.start(date(2026, 7, 15))
    # 2:30 in UTC is 5:30 in Minsk, the next one is 6:30.
    await line.use(line.record("byte", "home", 900, at=datetime(2026, 7, 15, 2, 30, tzinfo=UTC)))
    assert (await line.left())["byte home"] == 1000
    await line.use(line.record("byte", "home", 900, at=datetime(2026, 7, 15, 3, 30, tzinfo=UTC)))
    assert (await line.left())["byte home"] == 100


async def test_usage_without_money_is_late_usage_and_shows_as_debt(line: Any) -> None:
    await line.use(line.record("message", "home", 900))
    balance = await line.db.run(ledger.balance, line.account, "BYN")
    assert balance.debt == Amount.of("4.00", "BYN")
    entries = await line.db.run(
        ledger.entries,
        line.account,
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    )
    assert [entry.forced_reason for entry in entries] == [None, "late usage"]


async def test_a_quote_says_the_cost_and_changes_nothing(line: Any) -> None:
    await line.start(date(2026, 7, 15))
    record = line.record("byte", "home", 1101)
    quoted = await line.db.run(charging.quote_usage, record=record)
    assert quoted.charged_units == 400
    assert (await line.left())["byte home"] == 1000
    assert await line.use(record) == quoted


async def test_usage_of_last_month_takes_from_the_buckets_of_last_month(
    line: Any, clock: Any
) -> None:
    await line.start(date(2026, 7, 15))
    then = clock.now
    clock.set(datetime(2026, 8, 15, 3, tzinfo=UTC))
    await line.renew(date(2026, 8, 15))
    await line.use(line.record("byte", "home", 300, at=then))
    assert (await line.left())["byte home"] == 1000


async def test_charged_usage_is_told_as_a_fact(line: Any, db: Database) -> None:
    await line.use(line.record("message", "home", 2))
    async with db.transaction() as tx:
        rows = await tx.all("SELECT kind, body->>'units' AS units FROM storage.fact")
    assert [tuple(row) for row in rows] == [("charging.UsageCharged", "1200")]


async def test_usage_at_once_never_overspends_a_bucket(
    line: Any, database_url: str, settings: Settings, keys: Keys, clock: Any
) -> None:
    await line.start(date(2026, 7, 15))
    other = await connect(database_url, settings, keys, clock=clock)
    second = type(line)(other.acting(Principal.system("test")), line.account, line.id)
    sides = [line, second]

    rated = await asyncio.gather(
        *(sides[n % 2].use(line.record("byte", "home", 70)) for n in range(20))
    )

    await other.close()
    assert sum(one.from_buckets for one in rated) == 1000
    assert (await line.left())["byte home"] == 0
    # 1400 bytes: the 15th takes the last 20 and pays for 50, five more pay for 70: one step each.
    assert await line.balance() == "29.98"


async def test_one_record_sent_at_once_from_many_sides_counts_once(line: Any) -> None:
    await line.start(date(2026, 7, 15))
    record = line.record("byte", "home", 100)
    answers = await asyncio.gather(*(line.use(record) for _ in range(10)))
    assert sum(answer is not None for answer in answers) == 1
    assert (await line.left())["byte home"] == 900


async def test_a_record_without_a_bucket_sent_at_once_is_charged_once(line: Any) -> None:
    record = line.record("message", "home", 1, at=line.db.clock() - timedelta(hours=1))
    await asyncio.gather(*(line.use(record) for _ in range(10)))
    assert await line.balance() == "49.94"
