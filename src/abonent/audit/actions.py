"""Changes of the audit trail: a row more, a seal more."""

from __future__ import annotations

from abonent.audit import store
from abonent.audit.model import Event, chain_digest
from abonent.storage import Transaction


async def note(tx: Transaction, *, event: Event) -> None:
    """Write down what this transaction does."""
    await store.add(tx, event)


async def seal_events(tx: Transaction) -> int:
    """Chain the committed rows that are not sealed yet. How many (0: another one is sealing)."""
    if not await store.become_sealer(tx):
        return 0
    last = await store.last_seal(tx)
    previous = last["digest"] if last else b""
    rows = await store.unsealed(
        tx, last["last_transaction"] if last else "0", last["last_id"] if last else 0
    )
    if rows:
        digest = chain_digest(previous, (row["row"] for row in rows))
        end = rows[-1]
        await store.add_seal(tx, end["transaction_id"], end["id"], len(rows), digest)
    return len(rows)
