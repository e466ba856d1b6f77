"""What `Database.run` promises: all or nothing, bounded retries, one clock, one principal."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from abonent.kit import (
    BillingAccountId,
    Busy,
    OperationId,
    OperationReused,
    Refused,
    SubscriptionId,
    operation_id,
    random_id,
)
from abonent.storage import Database, Fact, Principal, Transaction, recorded_fact
from tests.conftest import NOW, Clock

ONE, OTHER = SubscriptionId(1), SubscriptionId(2)
ACCOUNT = BillingAccountId(10)


class SomethingHappened(Fact, frozen=True, kw_only=True):
    what: str


async def record(tx: Transaction, what: str) -> None:
    await tx.record(SomethingHappened(subscription=ONE, billing_account=ACCOUNT, what=what))


async def facts(tx: Transaction) -> int:
    return await tx.value("SELECT count(*) FROM storage.fact")


async def test_a_refusal_rolls_everything_back(db: Database) -> None:
    async def change(tx: Transaction) -> None:
        await record(tx, "half")
        raise Refused

    with pytest.raises(Refused):
        await db.run(change)
    assert await db.run(facts) == 0


async def test_the_clock_of_a_transaction_stands_still(db: Database, clock: Clock) -> None:
    async def look(tx: Transaction) -> bool:
        before = tx.now
        clock.move(timedelta(hours=1))
        return before == tx.now == NOW

    assert await db.run(look)


async def test_a_deadlock_is_tried_again_and_both_end(db: Database) -> None:
    await db.run(record, "a")
    ready = asyncio.Barrier(2)
    tries = {"first": 0, "second": 0}

    async def change(tx: Transaction, name: str, keys: tuple[int, int]) -> None:
        tries[name] += 1
        await tx.value("SELECT pg_advisory_xact_lock($1)", keys[0])
        if tries[name] == 1:
            await ready.wait()
        await tx.value("SELECT pg_advisory_xact_lock($1)", keys[1])

    await asyncio.gather(db.run(change, "first", (1, 2)), db.run(change, "second", (2, 1)))
    assert sum(tries.values()) == 3, "one of the two was the victim, once"


async def test_an_error_that_never_ends_escapes_after_a_few_tries(db: Database) -> None:
    tries = 0

    async def clash(tx: Transaction) -> None:
        nonlocal tries
        tries += 1
        same = random_id()
        for _ in range(2):
            await tx.execute(
                "INSERT INTO storage.operation (id, action, content, made_at) "
                "VALUES ($1, 'x', '', $2)",
                same,
                tx.now,
            )

    with pytest.raises(Exception, match="duplicate key"):
        await db.run(clash)
    assert 1 < tries < 10


async def test_a_cancelled_caller_does_not_spoil_the_connection(db: Database) -> None:
    async def slow(tx: Transaction) -> None:
        await tx.execute("SELECT pg_sleep(5)")

    for _ in range(12):  # more than the pool has
        task = asyncio.ensure_future(db.run(slow))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await db.run(facts) == 0


async def test_an_operation_answers_its_repeat_alike(db: Database) -> None:
    operation = operation_id("anna", "test", "key")

    async def act(tx: Transaction, content: bytes) -> dict[str, int]:
        known = await tx.begin_operation(operation, "test", content)
        if known is not None:
            return known
        await record(tx, "acted")
        await tx.end_operation(operation, {"answer": 42})
        return {"answer": 42}

    assert await db.run(act, b"same") == {"answer": 42}
    assert await db.run(act, b"same") == {"answer": 42}
    assert await db.run(facts) == 1
    with pytest.raises(OperationReused):
        await db.run(act, b"other")


async def test_fifty_at_once_under_one_operation_act_once(db: Database) -> None:
    operation: OperationId = operation_id("anna", "test", "at once")

    async def act(tx: Transaction) -> str:
        known = await tx.begin_operation(operation, "test", b"")
        if known is not None:
            return str(known["done"])
        await asyncio.sleep(0.05)  # the overlap: all others are waiting by now
        await record(tx, "acted")
        await tx.end_operation(operation, {"done": "once"})
        return "once"

    answers = await asyncio.gather(*(db.run(act) for _ in range(50)))
    assert set(answers) == {"once"}
    assert await db.run(facts) == 1


def test_the_key_of_another_principal_is_another_operation() -> None:
    assert operation_id("anna", "pay", "1") != operation_id("boris", "pay", "1")
    assert operation_id("anna", "pay", "1") == operation_id("anna", "pay", "1")


async def test_nobody_and_strangers_see_no_personal_row(db: Database) -> None:
    await db.run(record, "mine")
    stranger = db.acting(Principal.subscriber(OTHER, BillingAccountId(20)))
    assert await db.acting(Principal()).run(facts) == 0
    assert await stranger.run(facts) == 0
    assert await db.acting(Principal.subscriber(ONE, ACCOUNT)).run(facts) == 1


async def test_every_table_with_a_subscriber_in_it_is_guarded(db: Database) -> None:
    """Row-level security is the second wall: a new table without it fails here."""

    async def open_tables(tx: Transaction) -> list[str]:
        rows = await tx.all(
            """SELECT DISTINCT format('%s.%s', n.nspname, c.relname) AS name
                 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
                  AND a.attname IN ('subscription_id', 'billing_account_id', 'party_id')
                  AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"""
        )
        return [row["name"] for row in rows]

    assert await db.run(open_tables) == []


async def test_the_app_owns_nothing_and_cannot_change_what_is_written_once(db: Database) -> None:
    async def rights(tx: Transaction) -> tuple[int, list[str]]:
        owned = await tx.value(
            "SELECT count(*) FROM pg_class WHERE relowner = 'abonent_app'::regrole"
        )
        rows = await tx.all(
            """SELECT name, kind FROM unnest(ARRAY['ledger.entry', 'storage.fact', 'audit.event',
                      'audit.seal', 'charging.usage']) AS name, unnest(ARRAY['UPDATE', 'DELETE',
                      'TRUNCATE']) AS kind
                WHERE has_table_privilege('abonent_app', name, kind)"""
        )
        return owned, [f"{row['kind']} {row['name']}" for row in rows]

    assert await db.run(rights) == (0, [])


async def test_a_fact_comes_back_as_itself(db: Database) -> None:
    async def once(tx: Transaction) -> object:
        return await tx.record(
            SomethingHappened(subscription=ONE, billing_account=ACCOUNT, what="it")
        )

    fact_id = await db.run(once)
    found = await db.run(recorded_fact, fact_id, NOW)
    assert found.fact == SomethingHappened(subscription=ONE, billing_account=ACCOUNT, what="it")


async def test_a_reaction_is_a_job_that_exists_only_after_the_commit(db: Database) -> None:
    reacting = replace(db, reactions={SomethingHappened: ("follow",)})

    async def jobs(tx: Transaction) -> list[dict[str, str]]:
        rows = await tx.all("SELECT args::text FROM jobs.procrastinate_jobs")
        return [msgspec.json.decode(row["args"]) for row in rows]

    async def refuse(tx: Transaction) -> None:
        await record(tx, "no")
        raise Refused

    with pytest.raises(Refused):
        await reacting.run(refuse)
    assert await db.run(jobs) == []
    await reacting.run(record, "yes")
    (job,) = await db.run(jobs)
    assert job["reaction"] == "follow"


async def test_expensive_work_is_bounded(db: Database) -> None:
    db.computing.queue_max = 2
    import threading

    gate = threading.Event()
    waiting = [asyncio.ensure_future(db.compute(gate.wait)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await db.compute(gate.wait)
    gate.set()
    assert await asyncio.gather(*waiting) == [True, True]
