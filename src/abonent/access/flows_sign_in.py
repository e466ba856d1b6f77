"""Sign in: number and password, and where that is not enough a code by SMS.

The guess is counted in a transaction of its own, the hash is computed outside of any, the judgement
is committed before anything is answered. All reasons for «wrong» look alike and cost one hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from abonent.access import attempts, codes, hashing, sessions
from abonent.access.attempts import Guess
from abonent.access.codes import Start
from abonent.access.flows_code import confirm, request_content, system
from abonent.access.model import CodeAsked, FlowGone, Origin, SignedIn, WrongPair
from abonent.access.sends import lock_sends
from abonent.access.store.flows import Flow
from abonent.kit import Busy, Msisdn, Refused, Secret, operation_id
from abonent.storage import Database, Transaction
from abonent.subscribers import Subscription

_ACTION = "access.sign-in"


@dataclass(frozen=True, slots=True)
class _Right:
    """A guess that was right, and what is still to be done about it."""

    guess: Guess
    holder: Subscription
    start: Start
    rehashed: str | None


async def sign_in(
    db: Database, *, msisdn: Msisdn, password: Secret, origin: Origin, key: str | None = None
) -> SignedIn | CodeAsked:
    """A session, or a flow that a code ends.

    With a `key` a repeat gets the same session or flow. Refuses with WrongPair, TooManyAttempts,
    Busy, OperationReused, SignedOut (a repeat whose session is over).
    """
    db = system(db)
    guess = await db.run(attempts.begin_guess, msisdn=msisdn, password=password, origin=origin)
    try:
        fits = await db.compute(hashing.matches, db.keys, guess.hash, password)
    except Busy:
        await db.run(attempts.forget_guess, guess=guess)
        raise
    if not fits or guess.holder is None:
        await db.run(attempts.fail_guess, guess=guess, origin=origin)
        raise WrongPair
    start = _start(db, msisdn, password, origin, key)
    rehashed = await _rehashed(db, guess.hash, password)
    right = _Right(guess, guess.holder, start, rehashed)
    if guess.challenged:
        await db.run(_judge_right, right=right)
    try:
        answer = await db.run(
            _ask_for_code if guess.challenged else _sign_in, right=right, origin=origin
        )
    except Refused:
        await db.run(_judge_right, right=right)  # whatever is refused, the pair was right
        raise
    if answer is None:
        await db.run(attempts.fail_guess, guess=guess, origin=origin)
        raise WrongPair
    return answer


async def confirm_sign_in(db: Database, *, flow: UUID, code: str, origin: Origin) -> SignedIn:
    """End a sign-in by its code: the device is known from now on.

    Refuses with BadCodeFormat, WrongCode, CodesExhausted, CodeExpired, FlowGone, TooManyAttempts.
    """
    return await confirm(
        system(db), flow=flow, purpose="sign-in", code=code, origin=origin, deed=_signed_in
    )


def _start(
    db: Database, msisdn: Msisdn, password: Secret, origin: Origin, key: str | None
) -> Start:
    number = db.keys.digest("access.principal", msisdn.e164).hex()
    return codes.new_start(
        db.keys,
        purpose="sign-in",
        msisdn=msisdn,
        content=request_content(db.keys, _ACTION, msisdn, password, origin),
        operation=operation_id(number, _ACTION, key) if key else None,
    )


async def _judge_right(tx: Transaction, *, right: _Right) -> None:
    await attempts.pass_guess(tx, guess=right.guess, holder=right.holder, rehashed=right.rehashed)


async def _sign_in(
    tx: Transaction, *, right: _Right, origin: Origin
) -> SignedIn | CodeAsked | None:
    """None: the password was changed while it was being compared."""
    guess, operation = right.guess, right.start.operation
    if not await attempts.still_right(tx, guess=guess, holder=right.holder):
        return None
    await _judge_right(tx, right=right)
    if operation is not None:
        known = await tx.begin_operation(operation, _ACTION, right.start.content)
        if known is not None:
            return await _repeat(tx, known, right, origin)
    device = await sessions.device_for(tx, guess.device, operation)
    signed_in = await sessions.open_session(
        tx,
        holder=right.holder,
        device=device,
        origin=origin,
        proven=False,
        operation=operation,
    )
    await attempts.note_signed_in(tx, signed_in, origin, right.holder, code=False)
    if operation is not None:
        await tx.end_operation(operation, {"kind": "session"})
    return signed_in


async def _ask_for_code(
    tx: Transaction, *, right: _Right, origin: Origin
) -> SignedIn | CodeAsked | None:
    """None: the password was changed while it was being compared."""
    start, device = right.start, right.guess.device
    # Locks before rows, as in all that counts: else this and a new guess could wait for each other.
    await lock_sends(tx, msisdn=start.msisdn, origin=origin, device=device.id if device else None)
    if not await attempts.still_right(tx, guess=right.guess, holder=right.holder):
        return None
    if start.operation is not None:
        known = await tx.begin_operation(start.operation, _ACTION, start.content)
        if known is not None:
            return await _repeat(tx, known, right, origin)
        await tx.end_operation(start.operation, {"kind": "flow"})
    return await codes.open_flow(tx, start=start, origin=origin)


async def _repeat(
    tx: Transaction, answer: object, right: _Right, origin: Origin
) -> SignedIn | CodeAsked:
    """What this key was answered before, though the answer to a new request might differ now."""
    start = right.start
    assert start.operation is not None
    if answer == {"kind": "session"}:
        return await sessions.repeat_session(
            tx, operation=start.operation, origin=origin, msisdn=start.msisdn
        )
    asked = await codes.find_flow(tx, start=start, origin=origin)
    if asked is None:
        raise FlowGone
    return asked


async def _signed_in(tx: Transaction, flow: Flow, holder: Subscription, origin: Origin) -> SignedIn:
    found = await sessions.find_device(tx, origin=origin, holder=holder)
    assert found is not None
    device = await sessions.prove_device(tx, holder, found)
    signed_in = await sessions.open_session(
        tx, holder=holder, device=device, origin=origin, proven=True
    )
    await attempts.note_signed_in(tx, signed_in, origin, holder, code=True)
    return signed_in


async def _rehashed(db: Database, stored: str, password: Secret) -> str | None:
    """The same password under today's parameters, when they have changed and there is room."""
    limits = db.settings.limits
    if not hashing.needs_rehash(db.keys, limits, stored):
        return None
    try:
        return await db.compute(hashing.hash_text, db.keys, limits, password)
    except Busy:
        return None
