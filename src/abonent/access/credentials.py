"""Passwords set, and what ends with the old one: sessions, open flows, links made by it."""

from __future__ import annotations

from uuid import UUID

from abonent import audit, messaging
from abonent.access.model import Link, PasswordSet
from abonent.access.sessions import end_sessions
from abonent.access.store import credentials as store
from abonent.access.store import flows
from abonent.kit import BillingAccountId, SubscriptionId
from abonent.storage import Transaction


async def set_password(
    tx: Transaction,
    *,
    subscription: SubscriptionId,
    billing_account: BillingAccountId,
    hash: str,
    channel: str,
    flow: UUID | None = None,
) -> None:
    """Set a password after a proof of possession, in `flow` or on the SIM itself.

    It lifts what guessers did to the old one; every session of the number ends; an SMS tells.
    """
    await store.put(tx, subscription, billing_account, hash, channel)
    ended = await end_sessions(tx, subscription, "password-set")
    await flows.end_others(tx, subscription, flow)
    links = await store.end_password_links(tx, subscription)
    await tx.record(
        PasswordSet(subscription=subscription, billing_account=billing_account, channel=channel)
    )
    event = audit.Event(
        kind="access.password-set",
        channel=channel,
        actor="subscriber",
        subscription=subscription,
        billing_account=billing_account,
        facts={"sessions_ended": len(ended), "links_ended": links},
    )
    await audit.note(tx, event=event)
    notice = messaging.Outgoing(
        subscription=subscription,
        billing_account=billing_account,
        kind="sms.password-set",
        facts={"at": tx.now.isoformat(), "channel": channel},
    )
    await messaging.queue_message(tx, message=notice)


async def set_initial_password(
    tx: Transaction,
    *,
    subscription: SubscriptionId,
    billing_account: BillingAccountId,
    hash: str,
) -> None:
    """The password of a number that has none yet, made by the operator; `hash` by hash_password.

    Nobody is told, nothing ends: there is nothing to end. For loading people, not for resets.
    """
    await store.put(tx, subscription, billing_account, hash, "operator")


async def link_numbers(tx: Transaction, *, link: Link) -> UUID:
    """Let one number's sessions open another number. The id of the live link; twice is one."""
    return await store.add_link(tx, link)
