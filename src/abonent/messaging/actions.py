"""Changes of messaging."""

from __future__ import annotations

from uuid import UUID

import msgspec

from abonent.kit import BillingAccountId, Msisdn, Secret, SubscriptionId, random_id
from abonent.messaging import store
from abonent.messaging.model import Message, Outgoing
from abonent.storage import Transaction


async def set_contact(
    tx: Transaction,
    *,
    account: BillingAccountId,
    subscription: SubscriptionId,
    msisdn: Msisdn,
    language: str,
) -> None:
    """Where this subscription is reached from now on."""
    await store.put_contact(tx, account, subscription, msisdn, language)


async def set_language(tx: Transaction, *, subscription: SubscriptionId, language: str) -> None:
    await store.set_language(tx, subscription, language)


async def queue_message(tx: Transaction, *, message: Outgoing) -> UUID | None:
    """Queue a message; a job submits it after the commit. None without a contact."""
    message_id = random_id()
    sealed = None
    if message.secret is not None:
        sealed = tx.keys.seal(message.secret.reveal(), _context(message_id))
    if not await store.add(tx, message_id, message, sealed):
        return None
    await tx.defer("submit_message", {"message": str(message_id)}, queue="messages", priority=10)
    return message_id


async def take_message(tx: Transaction, *, message: UUID) -> Message | None:
    """Mark a queued message as submitted and give it out, its secret opened and wiped.

    None when it was submitted already or has expired. The mark is committed before the message
    leaves: a worker that dies in between loses one SMS rather than sending a code twice.
    """
    row = await store.queued(tx, message)
    if row is None:
        return None
    if row["expires_at"] <= tx.now:
        await store.end(tx, message, "expired")
        return None
    await store.end(tx, message, "submitted")
    sealed = row["secret"]
    return Message(
        id=message,
        msisdn=Msisdn(f"+{row['msisdn']}"),
        language=row["language"],
        kind=row["kind"],
        facts=msgspec.json.decode(row["facts"], type=dict[str, str | int]),
        secret=None if sealed is None else Secret(tx.keys.open(sealed, _context(message))),
    )


async def expire_messages(tx: Transaction) -> int:
    """Drop and wipe what is too old to be sent. How many."""
    return await store.expire(tx)


def _context(message: UUID) -> str:
    return f"outbox:{message}"
