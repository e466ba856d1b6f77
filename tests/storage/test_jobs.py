"""Jobs: once committed they run, what fails is tried again, time starts its own."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import msgspec

from abonent.storage import Database, Job, Schedule, Transaction, run_jobs


async def left(tx: Transaction) -> list[tuple[str, int]]:
    rows = await tx.all("SELECT status::text, attempts FROM jobs.procrastinate_jobs")
    return [(row["status"], row["attempts"]) for row in rows]


async def test_a_deferred_job_runs_once_with_its_arguments(db: Database, database_url: str) -> None:
    seen: list[dict[str, object]] = []

    async def work(**arguments: object) -> None:
        seen.append(arguments)

    async def start(tx: Transaction) -> None:
        await tx.defer("count", {"message": "m1"})

    await db.run(start)
    for _ in range(2):
        await run_jobs(database_url, [Job("count", work)], wait=False)
    assert seen == [{"message": "m1"}]
    assert await db.run(left) == []


async def test_a_job_that_fails_stays_and_is_tried_again_later(
    db: Database, database_url: str
) -> None:
    async def fail(**_: object) -> None:
        raise OSError("the other side is away")

    async def start(tx: Transaction) -> None:
        await tx.defer("fail", {})

    await db.run(start)
    await run_jobs(database_url, [Job("fail", fail)], wait=False)
    assert await db.run(left) == [("todo", 1)]


async def test_the_clock_starts_its_own_work(db: Database, database_url: str) -> None:
    ticked = asyncio.Event()

    async def tick() -> None:
        ticked.set()

    worker = asyncio.ensure_future(
        run_jobs(database_url, [], [Schedule("tick", "* * * * * *", tick)])
    )
    try:
        await asyncio.wait_for(ticked.wait(), 15)
    finally:
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker


async def test_a_job_carries_ids_and_nothing_else(db: Database) -> None:
    async def start(tx: Transaction) -> str:
        await tx.defer("submit_message", {"message": "0f"})
        return await tx.value("SELECT args::text FROM jobs.procrastinate_jobs")

    assert msgspec.json.decode(await db.run(start)) == {"message": "0f"}
