"""The audit trail: written with the deed, sealed in order, and it shows when it was changed."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from abonent import audit
from abonent.kit import Refused
from abonent.storage import Database, Transaction

EVENT = audit.Event("access.sign_in", "web", "anna", facts={"ok": True}, personal={"ip": "::1"})


async def events(tx: Transaction) -> int:
    return await tx.value("SELECT count(*) FROM audit.event")


async def test_a_deed_that_is_rolled_back_leaves_no_row(db: Database) -> None:
    async def deed(tx: Transaction) -> None:
        await audit.note(tx, event=EVENT)
        raise Refused

    with pytest.raises(Refused):
        await db.run(deed)
    assert await db.run(events) == 0


async def test_the_seals_cover_every_row_once(db: Database) -> None:
    for _ in range(3):
        await db.run(audit.note, event=EVENT)
    assert await db.run(audit.seal_events) == 3
    assert await db.run(audit.seal_events) == 0
    await db.run(audit.note, event=EVENT)
    assert await db.run(audit.seal_events) == 1
    assert await db.run(audit.broken_seals) == []


async def test_a_row_of_a_transaction_that_is_still_open_is_sealed_later(db: Database) -> None:
    """Ids are taken in one order and committed in another."""
    written, go_on = asyncio.Event(), asyncio.Event()

    async def slow(tx: Transaction) -> None:
        await audit.note(tx, event=EVENT)
        written.set()
        await go_on.wait()

    open_one = asyncio.ensure_future(db.run(slow))
    await written.wait()
    await db.run(audit.note, event=EVENT)
    assert await db.run(audit.seal_events) == 0, "nothing beside an open transaction"
    go_on.set()
    await open_one
    assert await db.run(audit.seal_events) == 2
    assert await db.run(audit.broken_seals) == []


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit.event SET actor = 'boris'",
        "DELETE FROM audit.event WHERE id = (SELECT min(id) FROM audit.event)",
    ],
)
async def test_a_changed_trail_shows(db: Database, database_url: str, tampering: str) -> None:
    for _ in range(3):
        await db.run(audit.note, event=EVENT)
    await db.run(audit.seal_events)
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(tampering.encode())
    assert len(await db.run(audit.broken_seals)) == 1


async def test_personal_values_can_be_erased_without_breaking_a_seal(
    db: Database, database_url: str
) -> None:
    await db.run(audit.note, event=EVENT)
    await db.run(audit.seal_events)
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("DELETE FROM audit.personal")
    assert await db.run(audit.broken_seals) == []


async def test_only_one_seals_at_a_time(db: Database) -> None:
    for _ in range(20):
        await db.run(audit.note, event=EVENT)
    sealed = await asyncio.gather(*(db.run(audit.seal_events) for _ in range(8)))
    assert sum(sealed) == 20
    assert await db.run(audit.broken_seals) == []
