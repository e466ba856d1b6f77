"""Devices and sessions: opened, found, listed, ended.

Tokens are 256 random bits that leave this room once; at rest there is their SHA-256. A device is
known to a number after one proof of possession on it, and known devices are what no stranger can
take away: their limits, their tier and their sessions are their own.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal
from uuid import UUID

from abonent import audit, messaging
from abonent.access import origins
from abonent.access.limits import DAY
from abonent.access.model import (
    Device,
    Origin,
    Session,
    SessionsEnded,
    SignedIn,
    SignedInOnNewDevice,
    SignedOut,
)
from abonent.access.store import sessions as store
from abonent.kit import (
    BillingAccountId,
    Keys,
    Msisdn,
    OperationId,
    Secret,
    SubscriptionId,
    random_id,
    token_digest,
)
from abonent.storage import Database, Transaction
from abonent.subscribers import Subscription

_TOKEN_BYTES = 32
NEW_DEVICE_NOTICES_A_DAY_MAX = 10
"""Codes and notices together stay below twenty SMS a number and day."""


async def find_session(db: Database, *, token: Secret) -> Session | None:
    """The live session of a token, in one statement. None: there is none (any more)."""
    row = await db.one(
        store.LIVE_SESSION,
        token_digest(token.reveal()),
        db.clock(),
        timedelta(seconds=db.settings.limits.session_idle_seconds),
    )
    return store.session_of(row) if row else None


async def sessions_of(tx: Transaction, *, subscription: SubscriptionId) -> list[Session]:
    """The live sessions of a number, the last seen first."""
    return await store.live(tx, subscription, tx.now - _idle(tx))


async def end_session(tx: Transaction, *, session: UUID, subscription: SubscriptionId) -> bool:
    """End one session of a number. False when there is no such live one."""
    return bool(await end_sessions(tx, subscription, "ended", only=session))


async def end_other_sessions(tx: Transaction, *, subscription: SubscriptionId, keep: UUID) -> int:
    """End all sessions of a number but this one. How many."""
    return len(await end_sessions(tx, subscription, "others-ended", keep=keep))


async def sign_out(tx: Transaction, *, token: Secret) -> None:
    """End the session of a token, as its subscriber or as the system. Twice is no error."""
    ended = await store.end_by_token(tx, token_digest(token.reveal()), "signed-out")
    if ended is not None:
        await _tell_ended(tx, [ended], "signed-out")


async def end_sessions(
    tx: Transaction,
    subscription: SubscriptionId,
    reason: str,
    *,
    only: UUID | None = None,
    keep: UUID | None = None,
) -> Sequence[Session]:
    ended = await store.end(tx, subscription, reason, only=only, keep=keep)
    if ended:
        await _tell_ended(tx, ended, reason)
    return ended


async def open_session(
    tx: Transaction,
    *,
    holder: Subscription,
    device: Device,
    origin: Origin,
    proven: bool,
    operation: OperationId | None = None,
) -> SignedIn:
    """Sign somebody in. `proven` says that a code was given just now, on this device."""
    assert holder.msisdn is not None
    new = not device.known
    session = Session(
        id=operation or random_id(),
        subscription=holder.id,
        billing_account=holder.billing_account,
        device=device.id,
        tier=1 if proven or device.known else 0,
        made_at=tx.now,
        seen_at=tx.now,
        expires_at=tx.now + timedelta(seconds=tx.settings.limits.session_life_seconds),
        channel=origin.channel,
        agent=origins.plain(origin.agent, origins.AGENT_MAX),
    )
    token = new_token(tx.keys, "session", operation)
    noticed = new and await _tell_new_device(tx, session)
    await store.add(tx, session, token_digest(token.reveal()), noticed)
    return SignedIn(token, device.renewed or _given(origin), session, holder.msisdn)


async def repeat_session(
    tx: Transaction, *, operation: OperationId, origin: Origin, msisdn: Msisdn
) -> SignedIn:
    """The answer of a sign-in that comes again with its key. SignedOut when that session is over.

    Both tokens follow from the operation's id and a key outside the database, so that the answer
    can be given again although no token was stored.
    """
    session = await store.live_by_id(tx, operation, tx.now - _idle(tx))
    if session is None:
        raise SignedOut
    device = await find_device(tx, origin=origin, holder=None)
    same = device is not None and device.id == session.device
    device_token = _given(origin) if same else new_token(tx.keys, "device", operation)
    return SignedIn(new_token(tx.keys, "session", operation), device_token, session, msisdn)


async def find_device(
    tx: Transaction, *, origin: Origin, holder: Subscription | None
) -> Device | None:
    """The device that a request comes from, as this number sees it."""
    token = origin.device_token
    digest = token_digest(origins.plain(token.reveal(), origins.AGENT_MAX)) if token else None
    found = await store.device(tx, digest, holder.id if holder else None)
    return Device(*found) if found else None


async def device_for(
    tx: Transaction, device: Device | None, operation: OperationId | None
) -> Device:
    """This device, or a new one with a token of its own; the same new one for a repeat."""
    if device is not None:
        return device
    token = new_token(tx.keys, "device", operation)
    digest = token_digest(token.reveal())
    found = await store.device(tx, digest, None)
    if found is not None:
        return Device(found[0], known=False, renewed=token)
    made = Device(random_id(), known=False, renewed=token)
    await store.add_device(tx, made.id, digest)
    return made


async def prove_device(tx: Transaction, holder: Subscription, device: Device) -> Device:
    """A proof was made on this device: from now on the number knows it.

    A device that this number did not know gets a new token, so that whoever planted the old one has
    nothing: not even where the planter's own number knows the device.
    """
    token = new_token(tx.keys, "device", None)
    digest = token_digest(token.reveal())
    renewed = await store.renew_unknown_device(tx, holder.id, device.id, digest)
    await store.know_device(tx, holder.id, holder.billing_account, device.id)
    return Device(device.id, known=device.known, renewed=token if renewed else device.renewed)


def new_token(
    keys: Keys, purpose: Literal["session", "device"], operation: OperationId | None
) -> Secret:
    """256 bits: random ones, or for an operation those that only our keys can make of its id."""
    if operation is None:
        return Secret(secrets.token_urlsafe(_TOKEN_BYTES))
    derived = keys.digest(f"access.{purpose}-token", str(operation))
    return Secret(urlsafe_b64encode(derived).decode().rstrip("="))


async def _tell_new_device(tx: Transaction, session: Session) -> bool:
    """Say that somebody signed in on a device without a proof before; by SMS a few times a day."""
    await tx.record(
        SignedInOnNewDevice(
            subscription=session.subscription,
            billing_account=session.billing_account,
            session=session.id,
        )
    )
    told = await store.noticed_since(tx, session.subscription, tx.now - DAY)
    if told >= NEW_DEVICE_NOTICES_A_DAY_MAX:
        return False
    notice = messaging.Outgoing(
        subscription=session.subscription,
        billing_account=session.billing_account,
        kind="sms.new-device",
        facts={"at": tx.now.isoformat()},
    )
    return await messaging.queue_message(tx, message=notice) is not None


async def _tell_ended(tx: Transaction, ended: Sequence[Session], reason: str) -> None:
    first = ended[0]
    await tx.record(
        SessionsEnded(
            subscription=first.subscription,
            billing_account=first.billing_account,
            sessions=len(ended),
            reason=reason,
        )
    )
    for session in ended:
        event = audit.Event(
            kind="access.session-ended",
            channel=session.channel,
            actor=tx.principal.name or tx.principal.kind,
            subscription=session.subscription,
            billing_account=BillingAccountId(session.billing_account),
            facts={"session": str(session.id), "reason": reason},
        )
        await audit.note(tx, event=event)


def _given(origin: Origin) -> Secret:
    assert origin.device_token is not None
    return origin.device_token


def _idle(tx: Transaction) -> timedelta:
    return timedelta(seconds=tx.settings.limits.session_idle_seconds)
