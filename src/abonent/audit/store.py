"""All SQL of the audit trail."""

from __future__ import annotations

import msgspec

from abonent.audit.model import Event, chain_digest
from abonent.storage import Row, Transaction

_SEALER_LOCK = 7_031_772
_BATCH_MAX = 10_000

# The canonical text of a row: what the seal covers.
_ROW = """concat_ws('|', e.id, e.at AT TIME ZONE 'UTC', e.kind, e.billing_account_id,
                    e.subscription_id, e.channel, e.actor, e.facts)"""


async def add(tx: Transaction, event: Event) -> None:
    added = await tx.value(
        """INSERT INTO audit.event
                  (at, kind, billing_account_id, subscription_id, channel, actor, facts)
           VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb) RETURNING id""",
        tx.now,
        event.kind,
        event.billing_account,
        event.subscription,
        event.channel,
        event.actor,
        msgspec.json.encode(dict(event.facts)).decode(),
    )
    if event.personal:
        await tx.execute(
            """INSERT INTO audit.personal (event_id, subscription_id, facts)
               VALUES ($1, $2, $3::jsonb)""",
            added,
            event.subscription,
            msgspec.json.encode(dict(event.personal)).decode(),
        )


async def become_sealer(tx: Transaction) -> bool:
    """Only one process seals at a time."""
    return bool(await tx.value("SELECT pg_try_advisory_xact_lock($1)", _SEALER_LOCK))


async def last_seal(tx: Transaction) -> Row | None:
    return await tx.one(
        """SELECT last_transaction::text, last_id, digest FROM audit.seal ORDER BY id DESC
            LIMIT 1"""
    )


async def unsealed(tx: Transaction, last_transaction: str, last_id: int) -> list[Row]:
    """Committed rows after the last seal, in the order of their transactions.

    A transaction that is still open may yet commit rows with a smaller id, so only those before
    the oldest open one are taken.
    """
    return await tx.all(
        f"""SELECT e.transaction_id::text, e.id, {_ROW} AS row FROM audit.event e
             WHERE (e.transaction_id, e.id) > ($1::text::xid8, $2)
               AND e.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
             ORDER BY e.transaction_id, e.id LIMIT {_BATCH_MAX}""",
        last_transaction,
        last_id,
    )


async def add_seal(
    tx: Transaction, last_transaction: str, last_id: int, events: int, digest: bytes
) -> None:
    await tx.execute(
        """INSERT INTO audit.seal (sealed_at, last_transaction, last_id, events, digest)
           VALUES ($1, $2::text::xid8, $3, $4, $5)""",
        tx.now,
        last_transaction,
        last_id,
        events,
        digest,
    )


async def broken_seals(tx: Transaction) -> list[int]:
    """The ids of the seals whose rows are no longer what was sealed."""
    broken = []
    digest, after = b"", ("0", 0)
    seals = await tx.all(
        "SELECT id, last_transaction::text, last_id, digest FROM audit.seal ORDER BY id"
    )
    for seal in seals:
        rows = await tx.all(
            f"""SELECT {_ROW} AS row FROM audit.event e
                 WHERE (e.transaction_id, e.id) > ($1::text::xid8, $2)
                   AND (e.transaction_id, e.id) <= ($3::text::xid8, $4)
                 ORDER BY e.transaction_id, e.id""",
            *after,
            seal["last_transaction"],
            seal["last_id"],
        )
        digest = chain_digest(digest, (row["row"] for row in rows))
        if digest != seal["digest"]:
            broken.append(seal["id"])
        digest, after = seal["digest"], (seal["last_transaction"], seal["last_id"])
    return broken
