"""One-time codes: flows started, codes sent, compares counted.

A number that is not ours goes the whole way: the same limits, the same rows, a code that is made
and never sent, compares that are counted and never right. Each send and each compare is counted,
under the number's lock, before it happens.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from abonent import messaging
from abonent.access import limits, origins
from abonent.access.attempts import holder_of, note
from abonent.access.model import (
    CodeAsked,
    CodeExpired,
    CodesExhausted,
    FlowGone,
    Origin,
    Purpose,
    ResendTooEarly,
    TooManyAttempts,
)
from abonent.access.sends import code_wait, count_first_send, count_send, lock_sends
from abonent.access.sessions import device_for, find_device, new_token
from abonent.access.store import attempts, flows
from abonent.access.store.flows import Flow
from abonent.kit import (
    Keys,
    Msisdn,
    OperationId,
    OperationReused,
    Secret,
    SubscriptionId,
    random_id,
)
from abonent.storage import Transaction

FLOW_LIFE = timedelta(minutes=30)
_DIGITS = 6
_NOBODY = SubscriptionId(0)


@dataclass(frozen=True, slots=True)
class Start:
    """A request for a flow. `content` is the digest of what was asked; `operation` its own id when
    the asker made a key, and then the flow has that id too."""

    flow: UUID
    purpose: Purpose
    msisdn: Msisdn
    content: bytes
    operation: OperationId | None


@dataclass(frozen=True, slots=True)
class Compare:
    """A compare that is counted and may be made, with the code that it was counted for."""

    attempt: int
    code_digest: bytes
    flow: UUID
    number_key: bytes
    attempts_left: int


async def find_flow(tx: Transaction, *, start: Start, origin: Origin) -> CodeAsked | None:
    """The flow of a request that comes again with its key; OperationReused for other content."""
    known = await flows.flow(tx, start.flow)
    if known is None:
        return None
    if known.content != start.content:
        raise OperationReused
    if not _is_open(tx, known):
        raise FlowGone
    # A device that was made for this flow has a token that follows from the flow's id.
    derived = new_token(tx.keys, "device", start.operation)
    made = await find_device(tx, origin=replace(origin, device_token=derived), holder=None)
    return _asked(known, derived if made is not None and made.id == known.device else None)


async def open_flow(
    tx: Transaction, *, start: Start, origin: Origin, new_hash: str | None = None
) -> CodeAsked:
    """Make a flow and send its first code. TooManyAttempts, unless its send is counted already."""
    holder = await holder_of(tx, start.msisdn)
    found = await find_device(tx, origin=origin, holder=holder)
    await count_first_send(tx, flow=start.flow, msisdn=start.msisdn, origin=origin, device=found)
    known = await find_flow(tx, start=start, origin=origin)
    if known is not None:
        return known
    device = await device_for(tx, found, start.operation)
    code = _new_code()
    fresh = Flow(
        id=start.flow,
        purpose=start.purpose,
        content=start.content,
        msisdn=start.msisdn,
        billing_account=holder.billing_account if holder else None,
        subscription=holder.id if holder else None,
        device=device.id,
        new_hash=new_hash if holder else None,
        code_digest=code_digest(tx.keys, start.flow, device.id, start.purpose, code.reveal()),
        code_expires_at=tx.now + _code_life(tx),
        attempts_left=tx.settings.limits.code_attempts_max,
        sends=1,
        resend_at=tx.now + limits.resend_wait(1, tx.settings.limits),
        expires_at=tx.now + FLOW_LIFE,
    )
    await flows.add(tx, fresh, origins.number_key(tx.keys, start.msisdn))
    await _send(tx, fresh, code)
    await note(tx, "access.code-sent", origin, holder, {"purpose": start.purpose, "send": 1})
    return _asked(fresh, device.renewed)


async def send_again(tx: Transaction, *, flow: UUID, origin: Origin) -> CodeAsked:
    """The next code of a flow; the one before it counts no more.

    Refuses with FlowGone, ResendTooEarly, TooManyAttempts.
    """
    seen = await own_flow(tx, flow=flow, origin=origin)
    keys = await lock_sends(tx, msisdn=seen.msisdn, origin=origin, device=seen.device)
    seen = await own_flow(tx, flow=flow, origin=origin)
    if tx.now < seen.resend_at:
        raise ResendTooEarly(limits.whole_seconds(seen.resend_at - tx.now))
    await count_send(tx, keys, flow=flow, msisdn=seen.msisdn)
    code = _new_code()
    sends = seen.sends + 1
    fresh = replace(
        seen,
        code_digest=code_digest(tx.keys, flow, seen.device, seen.purpose, code.reveal()),
        code_expires_at=tx.now + _code_life(tx),
        attempts_left=tx.settings.limits.code_attempts_max,
        sends=sends,
        resend_at=tx.now + limits.resend_wait(sends, tx.settings.limits),
    )
    await flows.put_code(tx, fresh)
    holder = await holder_of(tx, seen.msisdn)
    if holder is None or holder.id != seen.subscription:
        # Closed meanwhile, and maybe sold again: who holds the number now has no part in this.
        holder, fresh = None, replace(fresh, subscription=None, billing_account=None)
    await _send(tx, fresh, code)
    await note(tx, "access.code-sent", origin, holder, {"purpose": seen.purpose, "send": sends})
    return _asked(fresh, None)


async def show_flow(tx: Transaction, *, flow: UUID, origin: Origin) -> CodeAsked:
    """A flow as it stands, to the device it was started on."""
    return _asked(await own_flow(tx, flow=flow, origin=origin), None)


async def begin_compare(
    tx: Transaction, *, flow: UUID, purpose: Purpose, origin: Origin
) -> Compare:
    """Count a compare of a code, or refuse it: FlowGone, TooManyAttempts, CodeExpired,
    CodesExhausted."""
    seen = await own_flow(tx, flow=flow, origin=origin, purpose=purpose)
    number = origins.number_key(tx.keys, seen.msisdn)
    await attempts.lock(tx, origins.lock_numbers([number]))
    seen = await own_flow(tx, flow=flow, origin=origin, purpose=purpose)
    wait = await code_wait(tx, seen.msisdn)
    if wait > limits.NO_WAIT:
        raise TooManyAttempts(limits.whole_seconds(wait))
    if seen.code_expires_at <= tx.now:
        raise CodeExpired
    left = await flows.spend_attempt(tx, flow)
    if left is None:
        raise CodesExhausted
    keys = attempts.AttemptKeys(
        number=number,
        budget=origins.code_budget_key(tx.keys, seen.msisdn),
        address=origins.address_key(tx.keys, tx.settings.limits, origin.address, seen.device),
        value=tx.keys.digest("access.flow", str(flow)),
    )
    attempt = await attempts.add(tx, "code", keys)
    return Compare(attempt, seen.code_digest, flow, number, left)


async def own_flow(
    tx: Transaction, *, flow: UUID, origin: Origin, purpose: Purpose | None = None
) -> Flow:
    """A flow that can still go on, on its own device, for its own purpose. FlowGone otherwise."""
    seen = await flows.flow(tx, flow)
    device = await find_device(tx, origin=origin, holder=None)
    if seen is None or device is None or seen.device != device.id:
        raise FlowGone
    if not _is_open(tx, seen) or purpose not in (None, seen.purpose):
        raise FlowGone
    return seen


def code_digest(keys: Keys, flow: UUID, device: UUID, purpose: Purpose, code: str) -> bytes:
    """What stands at rest for a code: it fits this flow, device and purpose, and no other."""
    return keys.digest("access.code", str(flow), str(device), purpose, code)


def new_start(
    keys: Keys, *, purpose: Purpose, msisdn: Msisdn, content: bytes, operation: OperationId | None
) -> Start:
    return Start(operation or random_id(), purpose, msisdn, content, operation)


def _is_open(tx: Transaction, flow: Flow) -> bool:
    return flow.used_at is None and flow.expires_at > tx.now


def _asked(flow: Flow, device_token: Secret | None) -> CodeAsked:
    return CodeAsked(
        id=flow.id,
        purpose=flow.purpose,
        msisdn=flow.msisdn,
        expires_at=flow.code_expires_at,
        resend_at=flow.resend_at,
        attempts_left=flow.attempts_left,
        device_token=device_token,
    )


async def _send(tx: Transaction, flow: Flow, code: Secret) -> None:
    """Queue the SMS. For a number that is not ours the queue gets a job that finds no message, so
    that both take the same steps."""
    queued = await messaging.queue_message(
        tx,
        message=messaging.Outgoing(
            subscription=flow.subscription or _NOBODY,
            billing_account=flow.billing_account or 0,  # type: ignore[arg-type]  # nobody's
            kind=f"sms.code-{flow.purpose}",
            facts={"minutes": tx.settings.limits.code_life_seconds // 60},
            secret=code,
            life=_code_life(tx),
        ),
    )
    if queued is None:
        nothing = {"message": str(random_id())}
        await tx.defer("submit_message", nothing, queue="messages", priority=10)


def _new_code() -> Secret:
    return Secret(f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}")


def _code_life(tx: Transaction) -> timedelta:
    return timedelta(seconds=tx.settings.limits.code_life_seconds)
