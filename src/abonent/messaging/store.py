"""All SQL of messaging."""

from __future__ import annotations

from uuid import UUID

import msgspec

from abonent.kit import BillingAccountId, Msisdn, SubscriptionId
from abonent.messaging.model import Outgoing
from abonent.storage import Row, Transaction


async def put_contact(
    tx: Transaction,
    account: BillingAccountId,
    subscription: SubscriptionId,
    msisdn: Msisdn,
    language: str,
) -> None:
    await tx.execute(
        """INSERT INTO messaging.contact AS c
                  (billing_account_id, subscription_id, msisdn, language)
           VALUES ($1, $2, $3, $4)
           ON CONFLICT (subscription_id)
           DO UPDATE SET msisdn = excluded.msisdn, language = excluded.language""",
        account,
        subscription,
        int(msisdn.digits),
        language,
    )


async def set_language(tx: Transaction, subscription: SubscriptionId, language: str) -> None:
    await tx.execute(
        "UPDATE messaging.contact SET language = $2 WHERE subscription_id = $1",
        subscription,
        language,
    )


async def add(tx: Transaction, message: UUID, outgoing: Outgoing, sealed: bytes | None) -> bool:
    """Queue a row to the subscription's present contact. False when it has none."""
    added = await tx.value(
        """INSERT INTO messaging.outbox (id, billing_account_id, subscription_id, msisdn, language,
                  kind, facts, secret, state, made_at, expires_at)
           SELECT $1, c.billing_account_id, c.subscription_id, c.msisdn, c.language,
                  $3, $4::jsonb, $5, 'queued', $6, $7
             FROM messaging.contact c WHERE c.subscription_id = $2
           RETURNING 1""",
        message,
        outgoing.subscription,
        outgoing.kind,
        msgspec.json.encode(dict(outgoing.facts)).decode(),
        sealed,
        tx.now,
        tx.now + outgoing.life,
    )
    return added is not None


async def queued(tx: Transaction, message: UUID) -> Row | None:
    """The row, locked, when it is still to be submitted."""
    return await tx.one(
        """SELECT id, msisdn, language, kind, facts, secret, expires_at
             FROM messaging.outbox WHERE id = $1 AND state = 'queued' FOR UPDATE""",
        message,
    )


async def end(tx: Transaction, message: UUID, state: str) -> None:
    await tx.execute(
        """UPDATE messaging.outbox SET state = $2, secret = NULL, ended_at = $3 WHERE id = $1""",
        message,
        state,
        tx.now,
    )


async def expire(tx: Transaction) -> int:
    return await tx.execute(
        """UPDATE messaging.outbox SET state = 'expired', secret = NULL, ended_at = $1
            WHERE state = 'queued' AND expires_at <= $1""",
        tx.now,
    )
