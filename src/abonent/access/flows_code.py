"""What the flows that end with a code share: the code itself, sent again, shown, compared."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Awaitable, Callable
from uuid import UUID

from abonent import subscribers
from abonent.access import attempts, codes, origins
from abonent.access.codes import Compare
from abonent.access.model import (
    BadCodeFormat,
    CodeAsked,
    CodesExhausted,
    FlowGone,
    Origin,
    Purpose,
    SignedIn,
    WrongCode,
)
from abonent.access.password_rule import normalise
from abonent.access.store import attempts as attempt_store
from abonent.access.store import flows as store
from abonent.access.store.flows import Flow
from abonent.kit import Keys, Msisdn, Refused, Secret
from abonent.storage import Database, Principal, Transaction
from abonent.subscribers import Subscription

Deed = Callable[[Transaction, Flow, Subscription, Origin], Awaitable[SignedIn]]
"""What a right code does."""

_DIGITS = 6
_TYPED_MAX = 32


def system(db: Database) -> Database:
    """Before anybody is signed in, this room acts for the system."""
    return db.acting(Principal.system("access"))


async def resend_code(db: Database, *, flow: UUID, origin: Origin) -> CodeAsked:
    """Send another code. Refuses with FlowGone, ResendTooEarly, TooManyAttempts."""
    return await system(db).run(codes.send_again, flow=flow, origin=origin)


async def code_asked(db: Database, *, flow: UUID, origin: Origin) -> CodeAsked:
    """A flow as it stands, for showing its page again. FlowGone on another device."""
    return await system(db).run(codes.show_flow, flow=flow, origin=origin)


async def confirm(
    db: Database, *, flow: UUID, purpose: Purpose, code: str, origin: Origin, deed: Deed
) -> SignedIn:
    """Compare a code, counted before, and do the deed of its flow once."""
    digits = read_code(code)
    compare = await db.run(codes.begin_compare, flow=flow, purpose=purpose, origin=origin)
    outcome = await db.run(_settle, compare=compare, code=digits, origin=origin, deed=deed)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def read_code(typed: str) -> str:
    """Six digits out of what was typed or pasted, such as «123 456». BadCodeFormat otherwise."""
    text = unicodedata.normalize("NFKC", typed[:_TYPED_MAX])
    digits = "".join(text.replace("-", "").split())
    if len(digits) != _DIGITS or not (digits.isascii() and digits.isdigit()):
        raise BadCodeFormat
    return digits


def request_content(
    keys: Keys, action: str, msisdn: Msisdn, password: Secret, origin: Origin
) -> bytes:
    """The digest of a request: what a repeat with the same key must have in common with it."""
    device = origin.device_token.reveal() if origin.device_token else ""
    return keys.digest(action, msisdn.e164, normalise(password.reveal()), device)


async def _settle(
    tx: Transaction, *, compare: Compare, code: str, origin: Origin, deed: Deed
) -> SignedIn | Refused:
    """Judge a compare. A refusal is returned, not raised: the judgement must be committed."""
    await attempt_store.lock(tx, origins.lock_numbers([compare.number_key]))
    flow = await store.flow(tx, compare.flow)
    if flow is None:
        return FlowGone()
    digest = codes.code_digest(tx.keys, flow.id, flow.device, flow.purpose, code)
    right = hmac.compare_digest(digest, compare.code_digest) and flow.subscription is not None
    if not right:
        await attempt_store.judge(tx, compare.attempt, "failed")
        holder = await attempts.holder_of(tx, flow.msisdn)
        await attempts.note(tx, "access.code-wrong", origin, holder, {"purpose": flow.purpose})
        left = compare.attempts_left
        return WrongCode(left) if left else CodesExhausted()
    await attempt_store.judge(tx, compare.attempt, "passed")
    used = await store.use(tx, flow.id, digest)
    current = await _still_holds(tx, flow) if used else None
    if current is None:
        return FlowGone()
    return await deed(tx, flow, current, origin)


async def _still_holds(tx: Transaction, flow: Flow) -> Subscription | None:
    """The subscription the flow was started for, if the number is still its own."""
    assert flow.subscription is not None
    found = await subscribers.subscription(tx, flow.subscription)
    gone = found is None or found.status == "closed" or found.msisdn != flow.msisdn
    return None if gone else found
