"""Set a password, or set it anew: only with a proof that the asker holds the SIM.

In the app the proof is a code by SMS; over the operator's own USSD link it is the SIM itself. The
rule is checked first and needs no number of ours; the limits come before the hash; the hash is
computed for any number, so that time tells nothing.
"""

from __future__ import annotations

from uuid import UUID

from abonent.access import attempts, codes, hashing, sessions
from abonent.access.codes import Start
from abonent.access.credentials import set_password
from abonent.access.flows_code import confirm, request_content, system
from abonent.access.model import CodeAsked, Device, FlowGone, Origin, SignedIn
from abonent.access.origins import number_key
from abonent.access.password_rule import check_keypad_password, check_password, normalise
from abonent.access.sends import count_first_send
from abonent.access.store import flows
from abonent.access.store.flows import Flow
from abonent.kit import (
    BillingAccountId,
    Busy,
    Msisdn,
    OperationId,
    Secret,
    SubscriptionId,
    operation_id,
)
from abonent.storage import Database, Transaction
from abonent.subscribers import Subscription

_ACTION = "access.request-password"
_BY_SIM = "access.set-password-by-sim"


async def request_password(
    db: Database, *, msisdn: Msisdn, password: Secret, origin: Origin, key: str | None = None
) -> CodeAsked:
    """Start setting a password: a code goes to the number, if it is ours.

    With a `key` a repeat gets the same flow. Refuses with BadPassword, TooManyAttempts, Busy,
    OperationReused, FlowGone (a repeat whose flow is over).
    """
    check_password(password.reveal(), msisdn=msisdn, settings=db.settings)
    db = system(db)
    number = db.keys.digest("access.principal", msisdn.e164).hex()
    start = codes.new_start(
        db.keys,
        purpose="password",
        msisdn=msisdn,
        content=request_content(db.keys, _ACTION, msisdn, password, origin),
        operation=operation_id(number, _ACTION, key) if key else None,
    )
    known = await db.run(_reserve, start=start, origin=origin)
    if known is not None:
        return known
    try:
        new_hash = await hash_password(db, password)
    except Busy:
        await db.run(_release, start=start)
        raise
    return await db.run(codes.open_flow, start=start, origin=origin, new_hash=new_hash)


async def confirm_password(db: Database, *, flow: UUID, code: str, origin: Origin) -> SignedIn:
    """Set the password by its code and sign in; every other session of the number ends.

    Refuses with BadCodeFormat, WrongCode, CodesExhausted, CodeExpired, FlowGone, TooManyAttempts.
    """
    return await confirm(
        system(db), flow=flow, purpose="password", code=code, origin=origin, deed=_password_set
    )


async def set_password_by_sim(
    db: Database,
    *,
    subscription: SubscriptionId,
    billing_account: BillingAccountId,
    msisdn: Msisdn,
    password: Secret,
    channel: str = "ussd",
    key: str,
) -> None:
    """Set the password of the SIM that is speaking over our own link; every session ends.

    `key` names the dialogue: however often its last step arrives, it happens once. Refuses with
    BadPassword, Busy, OperationReused.
    """
    check_keypad_password(password.reveal(), msisdn=msisdn, settings=db.settings)
    db = system(db)
    operation = operation_id(f"subscription:{subscription}", _BY_SIM, key)
    content = db.keys.digest(_BY_SIM, msisdn.e164, normalise(password.reveal()))
    new_hash = await hash_password(db, password)
    number = (subscription, billing_account)
    await db.run(
        _set_by_sim,
        operation=operation,
        content=content,
        number=number,
        hash=new_hash,
        channel=channel,
    )


async def hash_password(db: Database, password: Secret) -> str:
    """What is stored for a password; Busy when too many hashes wait already."""
    return await db.compute(hashing.hash_text, db.keys, db.settings.limits, password)


async def _reserve(tx: Transaction, *, start: Start, origin: Origin) -> CodeAsked | None:
    """Count the flow's send before its hash. A repeat gets the flow as it stands."""
    known = await codes.find_flow(tx, start=start, origin=origin)
    if known is None:
        device = await sessions.find_device(tx, origin=origin, holder=None)
        await count_first_send(
            tx, flow=start.flow, msisdn=start.msisdn, origin=origin, device=device
        )
    return known


async def _release(tx: Transaction, *, start: Start) -> None:
    """There was no room for the hash, so nothing is sent. Whoever opens the flow counts anew."""
    await flows.remove_sends(tx, number_key(tx.keys, start.msisdn), start.flow)


async def _password_set(
    tx: Transaction, flow: Flow, holder: Subscription, origin: Origin
) -> SignedIn:
    found = await sessions.find_device(tx, origin=origin, holder=holder)
    if found is None or flow.new_hash is None:
        raise FlowGone
    await set_password(
        tx,
        subscription=holder.id,
        billing_account=holder.billing_account,
        hash=flow.new_hash,
        channel=origin.channel,
        flow=flow.id,
    )
    proven = await sessions.prove_device(tx, holder, found)
    # The SMS about the password says it all: a second one about the device would be noise.
    device = Device(proven.id, known=True, renewed=proven.renewed)
    signed_in = await sessions.open_session(
        tx, holder=holder, device=device, origin=origin, proven=True
    )
    await attempts.note_signed_in(tx, signed_in, origin, holder, code=True)
    return signed_in


async def _set_by_sim(
    tx: Transaction,
    *,
    operation: OperationId,
    content: bytes,
    number: tuple[SubscriptionId, BillingAccountId],
    hash: str,
    channel: str,
) -> None:
    if await tx.begin_operation(operation, _BY_SIM, content) is not None:
        return
    subscription, billing_account = number
    await set_password(
        tx,
        subscription=subscription,
        billing_account=billing_account,
        hash=hash,
        channel=channel,
    )
    await tx.end_operation(operation, {})
