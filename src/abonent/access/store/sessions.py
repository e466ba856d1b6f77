"""Devices and sessions. Their tokens stand here as digests only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from abonent.access.model import Session
from abonent.kit import BillingAccountId, SubscriptionId
from abonent.storage import Row, Transaction

_SESSION = """
SELECT s.id, s.subscription_id, s.billing_account_id, s.device_id, s.tier, s.made_at, s.seen_at,
       s.expires_at, s.channel, s.agent
  FROM access.session s
"""

LIVE_SESSION = """
SELECT s.id, s.subscription_id, s.billing_account_id, s.device_id, s.tier, s.made_at, s.seen_at,
       s.expires_at, s.channel, s.agent
  FROM access.live_session($1, $2, $3) s
"""
"""By token digest, moment, idle interval: the one statement of a request that needs a session."""


async def device(
    tx: Transaction, token: bytes | None, subscription: SubscriptionId | None
) -> tuple[UUID, bool] | None:
    """A device by its token, and whether this number knows it."""
    row = await tx.one(
        """SELECT d.id, EXISTS (SELECT 1 FROM access.known_device k
                                 WHERE k.subscription_id = $2 AND k.device_id = d.id) AS known
             FROM access.device d WHERE d.token_digest = $1""",
        token,
        subscription,
    )
    return (row["id"], row["known"]) if row else None


async def add_device(tx: Transaction, device: UUID, token: bytes) -> None:
    await tx.execute(
        "INSERT INTO access.device (id, token_digest, made_at) VALUES ($1, $2, $3)",
        device,
        token,
        tx.now,
    )


async def know_device(
    tx: Transaction, subscription: SubscriptionId, account: BillingAccountId, device: UUID
) -> None:
    await tx.execute(
        """INSERT INTO access.known_device AS k
                  (billing_account_id, subscription_id, device_id, proven_at)
           VALUES ($1, $2, $3, $4)
           ON CONFLICT (subscription_id, device_id) DO UPDATE SET proven_at = excluded.proven_at""",
        account,
        subscription,
        device,
        tx.now,
    )


async def renew_unknown_device(
    tx: Transaction, subscription: SubscriptionId, device: UUID, token: bytes
) -> bool:
    """Give a device that a number does not know yet a new token. False: it knows it."""
    renewed = await tx.execute(
        """UPDATE access.device d SET token_digest = $3
            WHERE d.id = $2
              AND NOT EXISTS (SELECT 1 FROM access.known_device k
                               WHERE k.subscription_id = $1 AND k.device_id = d.id)""",
        subscription,
        device,
        token,
    )
    return renewed > 0


async def add(tx: Transaction, session: Session, token: bytes, noticed: bool) -> None:
    await tx.execute(
        """INSERT INTO access.session
                  (token_digest, id, billing_account_id, subscription_id, device_id, tier, channel,
                   agent, made_at, seen_at, expires_at, noticed)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)""",
        token,
        session.id,
        session.billing_account,
        session.subscription,
        session.device,
        session.tier,
        session.channel,
        session.agent,
        session.made_at,
        session.expires_at,
        noticed,
    )


async def noticed_since(tx: Transaction, subscription: SubscriptionId, since: datetime) -> int:
    """How many sign-ins of a number were told to it by SMS."""
    return int(
        await tx.value(
            """SELECT count(*) FROM access.session
                WHERE subscription_id = $1 AND made_at > $2 AND noticed""",
            subscription,
            since,
        )
    )


async def live(
    tx: Transaction, subscription: SubscriptionId, seen_after: datetime
) -> list[Session]:
    rows = await tx.all(
        f"""{_SESSION} WHERE s.subscription_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2
                         AND s.seen_at > $3
             ORDER BY s.seen_at DESC, s.made_at DESC, s.id""",
        subscription,
        tx.now,
        seen_after,
    )
    return [session_of(row) for row in rows]


async def live_by_id(tx: Transaction, session: UUID, seen_after: datetime) -> Session | None:
    row = await tx.one(
        f"""{_SESSION} WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2
                         AND s.seen_at > $3""",
        session,
        tx.now,
        seen_after,
    )
    return session_of(row) if row else None


async def end(
    tx: Transaction,
    subscription: SubscriptionId,
    reason: str,
    *,
    only: UUID | None = None,
    keep: UUID | None = None,
) -> Sequence[Session]:
    """End sessions of a number: one, all but one, or all. Those that were not over yet."""
    rows = await tx.all(
        """UPDATE access.session s SET ended_at = $2, end_reason = $3
            WHERE s.subscription_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2
              AND ($4::uuid IS NULL OR s.id = $4) AND ($5::uuid IS NULL OR s.id <> $5)
           RETURNING s.id, s.subscription_id, s.billing_account_id, s.device_id, s.tier, s.made_at,
                     s.seen_at, s.expires_at, s.channel, s.agent""",
        subscription,
        tx.now,
        reason,
        only,
        keep,
    )
    return [session_of(row) for row in rows]


async def end_by_token(tx: Transaction, token: bytes, reason: str) -> Session | None:
    row = await tx.one(
        """UPDATE access.session s SET ended_at = $2, end_reason = $3
            WHERE s.token_digest = $1 AND s.ended_at IS NULL
           RETURNING s.id, s.subscription_id, s.billing_account_id, s.device_id, s.tier, s.made_at,
                     s.seen_at, s.expires_at, s.channel, s.agent""",
        token,
        tx.now,
        reason,
    )
    return session_of(row) if row else None


async def forget_before(tx: Transaction, sessions: datetime, devices: datetime) -> int:
    """Drop sessions that were over before this, and devices that nothing hangs on."""
    dropped = await tx.execute(
        "DELETE FROM access.session s WHERE coalesce(s.ended_at, s.expires_at) < $1", sessions
    )
    await tx.execute(
        """DELETE FROM access.device d WHERE d.made_at < $1
              AND NOT EXISTS (SELECT 1 FROM access.known_device k WHERE k.device_id = d.id)
              AND NOT EXISTS (SELECT 1 FROM access.session s WHERE s.device_id = d.id)
              AND NOT EXISTS (SELECT 1 FROM access.flow f WHERE f.device_id = d.id)""",
        devices,
    )
    return dropped


def session_of(row: Row) -> Session:
    return Session(
        id=row["id"],
        subscription=SubscriptionId(row["subscription_id"]),
        billing_account=BillingAccountId(row["billing_account_id"]),
        device=row["device_id"],
        tier=row["tier"],
        made_at=row["made_at"],
        seen_at=row["seen_at"],
        expires_at=row["expires_at"],
        channel=row["channel"],
        agent=row["agent"],
    )
