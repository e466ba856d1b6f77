"""Changes of a dialogue: it begins, it is followed a step, it is forgotten.

A step is judged, looked up in TRANSITIONS, and shown. What is shown is kept only while it can be
answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from abonent import access, overview, subscribers
from abonent.dialogue import store
from abonent.dialogue.figures import FIGURES
from abonent.dialogue.model import (
    TRANSITIONS,
    TRIES_MAX,
    Caller,
    DialogueGone,
    PasswordsDiffer,
    Screen,
    State,
    Step,
    must_be_active,
)
from abonent.dialogue.pages import fits, pages, single
from abonent.kit import Refused
from abonent.storage import Transaction
from abonent.wording import Words


@dataclass(frozen=True, slots=True)
class Call:
    """One dialogue with one caller, in the caller's words."""

    words: Words
    caller: Caller
    dialogue: UUID


@dataclass(frozen=True, slots=True)
class Judged:
    """What an entry is to the step it answers: a key of TRANSITIONS, and what follows from it."""

    event: str
    refused: Refused | None = None
    digest: bytes | None = None


async def begin(
    tx: Transaction, *, call: Call, step: Step, refused: Refused | None = None
) -> Screen:
    """Show the first screen; `refused` says what was wrong with an entry that came with the code.

    Refuses with SubscriptionBlocked, SubscriptionClosed, and DialogueGone for another's id.
    """
    if refused is None:
        return await _show(tx, call, State(step), kept=False)
    return await _ask_again(tx, call, State(step, turn=1), refused)


async def follow(tx: Transaction, *, call: Call, text: str) -> Screen | None:
    """Take an answer one step further. None when a password was entered twice alike: set it.

    Refuses with DialogueGone, SubscriptionBlocked, SubscriptionClosed.
    """
    state = await store.standing(tx, call.dialogue, call.caller)
    if state is None:
        raise DialogueGone
    judged = JUDGES.get(state.step, _key)(tx, call, state, text)
    step = TRANSITIONS.get((state.step, judged.event))
    if step is None or not call.caller.may(step):
        return await _show(tx, call, state, kept=True, hint=call.words("ussd.wrong-key"))
    if step == "password-done":
        await check_standing(tx, call=call)
        return None
    again = step == state.step or judged.refused is not None
    coming = State(step, state.turn + again, judged.digest)
    if judged.refused is not None:
        return await _ask_again(tx, call, coming, judged.refused)
    return await _show(tx, call, coming, kept=True)


async def check_standing(tx: Transaction, *, call: Call) -> None:
    """Refuses with SubscriptionBlocked, SubscriptionClosed."""
    found = await subscribers.subscription(tx, call.caller.subscription)
    must_be_active(found.status if found else None)


async def end(tx: Transaction, *, call: Call) -> None:
    await store.end(tx, call.dialogue)


async def forget_old(tx: Transaction) -> int:
    """Remove dialogues whose time is over. How many. For a job that acts as the system."""
    return await store.forget_old(tx)


def _key(tx: Transaction, call: Call, state: State, text: str) -> Judged:
    return Judged(text.strip())


def _first_entry(tx: Transaction, call: Call, state: State, text: str) -> Judged:
    try:
        access.check_keypad_password(text, msisdn=call.caller.msisdn, settings=tx.settings)
    except access.BadPassword as refused:
        return Judged("refused", refused)
    return Judged("fits", digest=_digest(tx, call, text))


def _second_entry(tx: Transaction, call: Call, state: State, text: str) -> Judged:
    if state.digest == _digest(tx, call, text):
        return Judged("same")
    return Judged("differs", PasswordsDiffer())


JUDGES: Mapping[Step, Callable[[Transaction, Call, State, str], Judged]] = {
    "password-ask": _first_entry,
    "password-repeat": _second_entry,
}


def _digest(tx: Transaction, call: Call, text: str) -> bytes:
    """All that is kept of an entry: worth nothing in another dialogue, nothing in a dump."""
    whole = text.encode(errors="replace").decode()  # half a surrogate pair cannot be encoded
    return tx.keys.digest("dialogue", str(call.dialogue), whole)


async def _ask_again(tx: Transaction, call: Call, state: State, refused: Refused) -> Screen:
    """The reason and the question once more; the reason alone when it was the last try."""
    words, link = call.words, tx.settings.ussd
    reason = words.ussd_refusal(refused)
    if state.turn >= TRIES_MAX:
        await store.end(tx, call.dialogue)
        return Screen(call.dialogue, single(reason, link), ends=True)
    await check_standing(tx, call=call)
    differ = isinstance(refused, PasswordsDiffer)
    question = words("ussd.password-ask" if differ else "ussd.password-again")
    return await _keep(tx, call, state, single(f"{reason}\n{question}", link))


async def _show(tx: Transaction, call: Call, state: State, *, kept: bool, hint: str = "") -> Screen:
    """The screen of a state: one page of figures, or a question. `kept`: it has a row already."""
    link, words = tx.settings.ussd, call.words
    figures = FIGURES.get(state.step)
    last = False
    if figures is None:
        await check_standing(tx, call=call)
        text = single(_question(call, state.step), link)
    else:
        home = await overview.figures(
            tx,
            subscription=call.caller.subscription,
            billing_account=call.caller.billing_account,
        )
        must_be_active(home.status)
        found = pages(figures(words, home, tx.now), words("ussd.more"), link)
        text = found[min(state.turn, len(found) - 1)]
        last = state.turn >= len(found) - 1
    if last:
        if kept:
            await store.end(tx, call.dialogue)
        return Screen(call.dialogue, text, ends=True)
    hinted = f"{hint}\n{text}" if hint else text
    return await _keep(tx, call, state, hinted if fits(hinted, link) else text)


async def _keep(tx: Transaction, call: Call, state: State, text: str) -> Screen:
    seconds = tx.settings.ussd.dialogue_seconds
    if not await store.put(tx, call.dialogue, call.caller, state, seconds=seconds):
        raise DialogueGone
    return Screen(call.dialogue, text, ends=False)


def _question(call: Call, step: Step) -> str:
    text = call.words(f"ussd.{step}")
    if step != "menu":
        return text
    # A key that this caller may not press is not shown.
    offered = [
        line
        for line in text.split("\n")
        if (opens := TRANSITIONS.get(("menu", line.split(" ")[0]))) and call.caller.may(opens)
    ]
    return "\n".join(offered)
