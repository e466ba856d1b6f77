"""Guesses of a password: counted and committed before the compare, judged after it.

So whoever guesses two hundred times at once, from wherever, finds the limits counted already; a
guess that was never judged, because its process died or its asker went away, weighs as a failure.
A guess that a limit refuses is not counted: hammering does not lengthen the wait.

A password that was guessed at too often in a row is void on unknown devices until its owner makes a
proof. From then on their guesses are compared with a hash that nothing fits: they never reach the
password again, and yet cost and look the same as for any other number, ours or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abonent import audit, subscribers
from abonent.access import hashing, limits, origins
from abonent.access.model import Device, Origin, SignedIn, TooManyAttempts
from abonent.access.sessions import find_device
from abonent.access.store import attempts as store
from abonent.access.store import credentials
from abonent.kit import Msisdn, Secret
from abonent.storage import Transaction
from abonent.subscribers import Subscription


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess under way. `holder` is None for a number that is not ours; `hash` is what to compare
    with, always; `set_at` is when that password was set; `challenged` says that being right is not
    enough."""

    attempt: int
    msisdn: Msisdn
    holder: Subscription | None
    device: Device | None
    hash: str
    set_at: datetime | None
    challenged: bool

    @property
    def on_known_device(self) -> bool:
        return self.device is not None and self.device.known


async def begin_guess(
    tx: Transaction, *, msisdn: Msisdn, password: Secret, origin: Origin
) -> Guess:
    """Count a guess, or refuse it with TooManyAttempts."""
    holder = await holder_of(tx, msisdn)
    device = await find_device(tx, origin=origin, holder=holder)
    known = device is not None and device.known
    keys = _keys(tx, msisdn, password, origin, device)
    await store.lock(tx, origins.lock_numbers((keys.budget, keys.address, keys.value)))
    situation = await store.situation(tx, keys)
    wait = limits.budget_wait(situation.budget_failures, tx.now, tx.settings.limits)
    if not known:
        wait = max(wait, limits.address_wait(situation, tx.now, tx.settings.limits))
    if wait > limits.NO_WAIT:
        raise TooManyAttempts(limits.whole_seconds(wait))
    attempt = await store.add(tx, "password", keys)
    stored = await _password_to_compare(tx, holder, known)
    return Guess(
        attempt=attempt,
        msisdn=msisdn,
        holder=holder,
        device=device,
        hash=stored.hash if stored else hashing.dummy_hash(tx.keys, tx.settings.limits),
        set_at=stored.set_at if stored else None,
        challenged=not known and limits.needs_proof(situation, tx.settings.limits),
    )


async def fail_guess(tx: Transaction, *, guess: Guess, origin: Origin) -> None:
    """The pair was wrong."""
    holder = guess.holder
    await store.judge(tx, guess.attempt, "failed")
    voided = await credentials.void_if_guessed_at(
        tx, holder.id if holder else None, tx.settings.limits.guesses_in_a_row_max
    )
    facts: dict[str, str | int | bool] = {"known_device": guess.on_known_device}
    if voided:
        facts["voided"] = True
    await note(tx, "access.sign-in-failed", origin, holder, facts)
    await store.count_failure(tx)


async def pass_guess(
    tx: Transaction, *, guess: Guess, holder: Subscription, rehashed: str | None = None
) -> None:
    """The pair was right. `rehashed` is the same password under today's parameters."""
    await store.judge(tx, guess.attempt, "passed")
    if not guess.on_known_device:
        await credentials.end_row_of_failures(tx, holder.id)
    if rehashed is not None:
        await credentials.replace_hash(tx, holder.id, guess.hash, rehashed)


async def still_right(tx: Transaction, *, guess: Guess, holder: Subscription) -> bool:
    """Whether the password that was compared is still the number's, until this transaction ends.

    Else somebody who knew the old one could slip in while it is being changed.
    """
    return guess.set_at is not None and await credentials.hold_password(tx, holder.id, guess.set_at)


async def forget_guess(tx: Transaction, *, guess: Guess) -> None:
    """Nothing was compared, for want of room: it never happened."""
    await store.remove(tx, guess.attempt)
    if not guess.on_known_device:
        await credentials.return_guess(tx, guess.holder.id if guess.holder else None)


async def holder_of(tx: Transaction, msisdn: Msisdn) -> Subscription | None:
    """Whose number it is, if it is ours and in use. A blocked number may look and pay."""
    holder = await subscribers.subscription_by_msisdn(tx, msisdn)
    return holder if holder is not None and holder.status != "closed" else None


async def note(
    tx: Transaction,
    kind: str,
    origin: Origin,
    holder: Subscription | None,
    facts: dict[str, str | int | bool] | None = None,
) -> None:
    """An audit row about a request; who and where from stands in its erasable part."""
    event = audit.Event(
        kind=kind,
        channel=origin.channel,
        actor="subscriber" if holder else "stranger",
        subscription=holder.id if holder else None,
        billing_account=holder.billing_account if holder else None,
        facts=facts or {},
        personal={
            "address": origins.plain(origin.address, origins.AGENT_MAX),
            "agent": origins.plain(origin.agent, origins.AGENT_MAX),
        },
    )
    await audit.note(tx, event=event)


async def note_signed_in(
    tx: Transaction, signed_in: SignedIn, origin: Origin, holder: Subscription, *, code: bool
) -> None:
    """An audit row about a way in. `code`: by a right code."""
    facts: dict[str, str | int | bool] = {
        "session": str(signed_in.session.id),
        "tier": signed_in.session.tier,
    }
    if code:
        facts["code"] = True
    await note(tx, "access.signed-in", origin, holder, facts)


async def _password_to_compare(
    tx: Transaction, holder: Subscription | None, known_device: bool
) -> credentials.Stored | None:
    number = holder.id if holder else None
    if known_device:
        return await credentials.stored_password(tx, number)
    most = tx.settings.limits.guesses_in_a_row_max
    return await credentials.spend_guess(tx, number, most)


def _keys(
    tx: Transaction, msisdn: Msisdn, password: Secret, origin: Origin, device: Device | None
) -> store.AttemptKeys:
    at_device: UUID | None = device.id if device else None
    known = device.id if device and device.known else None
    return store.AttemptKeys(
        number=origins.number_key(tx.keys, msisdn),
        budget=origins.budget_key(tx.keys, msisdn, known),
        address=origins.address_key(tx.keys, tx.settings.limits, origin.address, at_device),
        value=origins.value_key(tx.keys, password),
    )
