"""Flows that end with a one-time code, and the sends of codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from abonent.access.model import Purpose
from abonent.kit import BillingAccountId, Msisdn, SubscriptionId
from abonent.storage import Row, Transaction

_FLOW = """
SELECT f.id, f.purpose, f.content, f.msisdn, f.billing_account_id, f.subscription_id, f.device_id,
       f.new_hash, f.code_digest, f.code_expires_at, f.attempts_left, f.sends, f.resend_at,
       f.expires_at, f.used_at
  FROM access.flow f
"""


@dataclass(frozen=True, slots=True)
class Flow:
    """A row. `subscription` is None for a number that is not ours."""

    id: UUID
    purpose: Purpose
    content: bytes
    msisdn: Msisdn
    billing_account: BillingAccountId | None
    subscription: SubscriptionId | None
    device: UUID
    new_hash: str | None
    code_digest: bytes
    code_expires_at: datetime
    attempts_left: int
    sends: int
    resend_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


async def add(tx: Transaction, flow: Flow, number_key: bytes) -> None:
    await tx.execute(
        """INSERT INTO access.flow
                  (id, purpose, content, number_key, msisdn, billing_account_id, subscription_id,
                   device_id, new_hash, code_digest, code_expires_at, attempts_left, sends,
                   resend_at, made_at, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)""",
        flow.id,
        flow.purpose,
        flow.content,
        number_key,
        int(flow.msisdn.digits),
        flow.billing_account,
        flow.subscription,
        flow.device,
        flow.new_hash,
        flow.code_digest,
        flow.code_expires_at,
        flow.attempts_left,
        flow.sends,
        flow.resend_at,
        tx.now,
        flow.expires_at,
    )


async def flow(tx: Transaction, flow: UUID) -> Flow | None:
    row = await tx.one(f"{_FLOW} WHERE f.id = $1", flow)
    return _flow(row) if row else None


async def put_code(tx: Transaction, flow: Flow) -> None:
    """The next code of a flow: the one before it counts no more."""
    await tx.execute(
        """UPDATE access.flow SET code_digest = $2, code_expires_at = $3, attempts_left = $4,
                  sends = $5, resend_at = $6
            WHERE id = $1""",
        flow.id,
        flow.code_digest,
        flow.code_expires_at,
        flow.attempts_left,
        flow.sends,
        flow.resend_at,
    )


async def spend_attempt(tx: Transaction, flow: UUID) -> int | None:
    """One compare less for the present code; how many are left. None: there was none left."""
    left: int | None = await tx.value(
        """UPDATE access.flow SET attempts_left = attempts_left - 1
            WHERE id = $1 AND attempts_left > 0 RETURNING attempts_left""",
        flow,
    )
    return left


async def use(tx: Transaction, flow: UUID, code_digest: bytes) -> bool:
    """Use a code, once: of many at the same moment one gets True. Never for a stranger's number."""
    used = await tx.value(
        """UPDATE access.flow SET used_at = $3
            WHERE id = $1 AND used_at IS NULL AND code_digest = $2 AND subscription_id IS NOT NULL
              AND code_expires_at > $3 AND expires_at > $3
           RETURNING 1""",
        flow,
        code_digest,
        tx.now,
    )
    return used is not None


async def end_others(tx: Transaction, subscription: SubscriptionId, keep: UUID | None) -> None:
    """The open flows of a number end: what they were started with holds no more."""
    await tx.execute(
        """UPDATE access.flow SET expires_at = $2
            WHERE subscription_id = $1 AND used_at IS NULL AND expires_at > $2
              AND ($3::uuid IS NULL OR id <> $3)""",
        subscription,
        tx.now,
        keep,
    )


async def sends_of_number(tx: Transaction, number_key: bytes, since: datetime) -> list[Row]:
    """`at`, `flow_id` and whether it is the flow's `first` send, oldest first."""
    return await tx.all(
        """SELECT s.at, s.flow_id,
                  row_number() OVER (PARTITION BY s.flow_id ORDER BY s.at) = 1 AS first
             FROM access.code_send s WHERE s.number_key = $1 AND s.at > $2 ORDER BY s.at""",
        number_key,
        since,
    )


async def other_numbers_of_address(
    tx: Transaction, address_key: bytes, number_key: bytes, since: datetime
) -> list[datetime]:
    """For each other number that codes were asked for from an address: when last. Oldest first."""
    rows = await tx.all(
        """SELECT max(s.at) AS at FROM access.code_send s
            WHERE s.address_key = $1 AND s.number_key <> $2 AND s.at > $3
            GROUP BY s.number_key ORDER BY 1""",
        address_key,
        number_key,
        since,
    )
    return [row["at"] for row in rows]


async def add_send(tx: Transaction, number_key: bytes, address_key: bytes, flow: UUID) -> None:
    await tx.execute(
        "INSERT INTO access.code_send (at, number_key, address_key, flow_id) VALUES ($1,$2,$3,$4)",
        tx.now,
        number_key,
        address_key,
        flow,
    )


async def remove_sends(tx: Transaction, number_key: bytes, flow: UUID) -> None:
    """Uncount the sends of a flow that did not come to be."""
    await tx.execute(
        """DELETE FROM access.code_send s WHERE s.number_key = $1 AND s.flow_id = $2
              AND NOT EXISTS (SELECT 1 FROM access.flow f WHERE f.id = $2)""",
        number_key,
        flow,
    )


async def forget_before(tx: Transaction, *, flows: datetime, sends: datetime) -> int:
    await tx.execute("DELETE FROM access.code_send WHERE at < $1", sends)
    return await tx.execute("DELETE FROM access.flow WHERE expires_at < $1", flows)


def _flow(row: Row) -> Flow:
    purpose: Literal["password", "sign-in"] = row["purpose"]
    account, subscription = row["billing_account_id"], row["subscription_id"]
    return Flow(
        id=row["id"],
        purpose=purpose,
        content=row["content"],
        msisdn=Msisdn(f"+{row['msisdn']}"),
        billing_account=None if account is None else BillingAccountId(account),
        subscription=None if subscription is None else SubscriptionId(subscription),
        device=row["device_id"],
        new_hash=row["new_hash"],
        code_digest=row["code_digest"],
        code_expires_at=row["code_expires_at"],
        attempts_left=row["attempts_left"],
        sends=row["sends"],
        resend_at=row["resend_at"],
        expires_at=row["expires_at"],
        used_at=row["used_at"],
    )
