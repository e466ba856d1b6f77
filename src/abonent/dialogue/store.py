"""All SQL of dialogue."""

from __future__ import annotations

from uuid import UUID

from abonent.dialogue.model import Caller, State
from abonent.storage import Transaction


async def put(
    tx: Transaction, dialogue: UUID, caller: Caller, state: State, *, seconds: int
) -> bool:
    """Keep where a dialogue stands, for so many seconds. False: the id is somebody else's.

    A link that repeats its first request opens the same dialogue again from its start.
    """
    values = (
        dialogue,
        caller.link,
        caller.billing_account,
        caller.subscription,
        state.step,
        state.turn,
        state.digest,
        tx.now,
        seconds,
    )
    # Two statements: under row-level security a conflict with another's row cannot be updated.
    added = await tx.value(
        """INSERT INTO dialogue.dialogue (id, link, billing_account_id, subscription_id, step, page,
                  digest, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz + make_interval(secs => $9))
           ON CONFLICT (id) DO NOTHING RETURNING 1""",
        *values,
    )
    if added is not None:
        return True
    changed = await tx.execute(
        """UPDATE dialogue.dialogue SET step = $5, page = $6, digest = $7,
                  expires_at = $8::timestamptz + make_interval(secs => $9)
            WHERE id = $1 AND link = $2 AND billing_account_id = $3 AND subscription_id = $4""",
        *values,
    )
    return changed == 1


async def standing(tx: Transaction, dialogue: UUID, caller: Caller) -> State | None:
    """Where the dialogue stands, locked. None when it is over, not this number's or link's."""
    row = await tx.one(
        """SELECT step, page, digest FROM dialogue.dialogue
            WHERE id = $1 AND link = $2 AND subscription_id = $3 AND expires_at > $4
              FOR UPDATE""",
        dialogue,
        caller.link,
        caller.subscription,
        tx.now,
    )
    return State(row["step"], row["page"], row["digest"]) if row else None


async def end(tx: Transaction, dialogue: UUID) -> None:
    await tx.execute("DELETE FROM dialogue.dialogue WHERE id = $1", dialogue)


async def forget_old(tx: Transaction) -> int:
    return await tx.execute("DELETE FROM dialogue.dialogue WHERE expires_at <= $1", tx.now)
