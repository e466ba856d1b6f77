"""Passwords at rest and the links between numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abonent.access.model import Link
from abonent.kit import BillingAccountId, SubscriptionId, random_id
from abonent.storage import Transaction


@dataclass(frozen=True, slots=True)
class Stored:
    """A password at rest, and when it was set: that tells one password from the next."""

    hash: str
    set_at: datetime


async def stored_password(tx: Transaction, subscription: SubscriptionId | None) -> Stored | None:
    row = await tx.one(
        "SELECT hash, set_at FROM access.credential WHERE subscription_id = $1", subscription
    )
    return Stored(**row) if row else None


async def spend_guess(
    tx: Transaction, subscription: SubscriptionId | None, most: int
) -> Stored | None:
    """The password for one more guess of an unknown device, which counts from now on.

    None when there is no password, or when it is void for unknown devices.
    """
    row = await tx.one(
        """UPDATE access.credential SET failures_in_a_row = failures_in_a_row + 1
            WHERE subscription_id = $1 AND voided_at IS NULL AND failures_in_a_row < $2
           RETURNING hash, set_at""",
        subscription,
        most,
    )
    return Stored(**row) if row else None


async def hold_password(tx: Transaction, subscription: SubscriptionId, set_at: datetime) -> bool:
    """Keep the password as it is until the transaction ends. False: another one was set."""
    held = await tx.value(
        """SELECT 1 FROM access.credential
            WHERE subscription_id = $1 AND set_at = $2 FOR UPDATE""",
        subscription,
        set_at,
    )
    return held is not None


async def return_guess(tx: Transaction, subscription: SubscriptionId | None) -> None:
    """Take back a guess that was never compared."""
    await tx.execute(
        """UPDATE access.credential SET failures_in_a_row = greatest(failures_in_a_row - 1, 0)
            WHERE subscription_id = $1""",
        subscription,
    )


async def end_row_of_failures(tx: Transaction, subscription: SubscriptionId | None) -> None:
    await tx.execute(
        "UPDATE access.credential SET failures_in_a_row = 0 WHERE subscription_id = $1",
        subscription,
    )


async def void_if_guessed_at(
    tx: Transaction, subscription: SubscriptionId | None, most: int
) -> bool:
    """Void the password for unknown devices after too many failures in a row. True: just now."""
    voided = await tx.value(
        """UPDATE access.credential SET voided_at = $2
            WHERE subscription_id = $1 AND voided_at IS NULL AND failures_in_a_row >= $3
           RETURNING 1""",
        subscription,
        tx.now,
        most,
    )
    return voided is not None


async def put(
    tx: Transaction,
    subscription: SubscriptionId,
    account: BillingAccountId,
    hash: str,
    channel: str,
) -> None:
    await tx.execute(
        """INSERT INTO access.credential AS c
                  (billing_account_id, subscription_id, hash, set_at, set_channel)
           VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (subscription_id) DO UPDATE
              SET hash = excluded.hash, set_at = excluded.set_at,
                  set_channel = excluded.set_channel, failures_in_a_row = 0, voided_at = NULL""",
        account,
        subscription,
        hash,
        tx.now,
        channel,
    )


async def replace_hash(tx: Transaction, subscription: SubscriptionId, old: str, new: str) -> None:
    """The same password, hashed anew; not when another one was set meanwhile."""
    await tx.execute(
        "UPDATE access.credential SET hash = $3 WHERE subscription_id = $1 AND hash = $2",
        subscription,
        old,
        new,
    )


async def end_password_links(tx: Transaction, target: SubscriptionId) -> int:
    """End the links to a number that its password made. Granted ones stay."""
    return await tx.execute(
        """UPDATE access.link SET ended_at = $2
            WHERE target_subscription_id = $1 AND made_by = 'password' AND ended_at IS NULL""",
        target,
        tx.now,
    )


async def add_link(tx: Transaction, link: Link) -> UUID:
    """The live link between two numbers: a new one, or the one that stands."""
    await tx.execute(
        """INSERT INTO access.link
                  (id, billing_account_id, subscription_id, target_account_id,
                   target_subscription_id, role, made_by, name, proven_at, made_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
           ON CONFLICT (subscription_id, target_subscription_id) WHERE ended_at IS NULL
           DO NOTHING""",
        random_id(),
        link.owner_account,
        link.owner,
        link.target_account,
        link.target,
        link.role,
        link.made_by,
        link.name,
        tx.now if link.proven else None,
        tx.now,
    )
    found: UUID = await tx.value(
        """SELECT id FROM access.link
            WHERE subscription_id = $1 AND target_subscription_id = $2 AND ended_at IS NULL""",
        link.owner,
        link.target,
    )
    return found
