"""The two verbs of a link: a code was dialled, a screen was answered.

Setting a password hashes it, so it stands between transactions. It is done under the dialogue's id:
a link that repeats its last request sets nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from abonent import access
from abonent.dialogue import actions
from abonent.dialogue.actions import Call
from abonent.dialogue.model import Caller, Screen, dialled
from abonent.dialogue.pages import single
from abonent.kit import Secret, random_id
from abonent.storage import Database, Principal
from abonent.wording import Words


async def open_dialogue(
    db: Database,
    words: Mapping[str, Words],
    *,
    caller: Caller,
    code: str,
    dialogue: UUID | None = None,
) -> Screen:
    """Answer a dialled code: "*100#", "*111#", "*111*17#", "*111*17*PASSWORD#".

    `dialogue` is the link's own id of this dialogue, if it has one. Refuses with
    SubscriptionBlocked, SubscriptionClosed, Busy, and DialogueGone when the id is somebody else's.
    """
    call = Call(words_for(words, caller), caller, dialogue or random_id())
    asked = dialled(code, db.settings.operator.ussd)
    if asked is None:
        return _last(db, call, "ussd.unknown-code")
    if not caller.may(asked.step):
        return _last(db, call, "ussd.password-no-sim")
    own = db.acting(Principal.subscriber(caller.subscription, caller.billing_account))
    if asked.password is None:
        return await own.run(actions.begin, call=call, step=asked.step)
    await own.run(actions.check_standing, call=call)
    try:
        return await _set_password(db, call, asked.password)
    except access.BadPassword as refused:
        return await own.run(actions.begin, call=call, step=asked.step, refused=refused)


async def answer(
    db: Database, words: Mapping[str, Words], *, caller: Caller, dialogue: UUID, text: str
) -> Screen:
    """Answer a screen. Only the number and the link that opened a dialogue may answer it.

    Refuses with DialogueGone, SubscriptionBlocked, SubscriptionClosed, Busy.
    """
    call = Call(words_for(words, caller), caller, dialogue)
    own = db.acting(Principal.subscriber(caller.subscription, caller.billing_account))
    screen = await own.run(actions.follow, call=call, text=text)
    if screen is None:
        screen = await _set_password(db, call, Secret(text))
        await own.run(actions.end, call=call)
    return screen


async def _set_password(db: Database, call: Call, password: Secret) -> Screen:
    caller = call.caller
    access.check_keypad_password(password.reveal(), msisdn=caller.msisdn, settings=db.settings)
    await access.set_password_by_sim(
        db,
        subscription=caller.subscription,
        billing_account=caller.billing_account,
        msisdn=caller.msisdn,
        password=password,
        channel="ussd",
        key=str(call.dialogue),
    )
    return _last(db, call, "ussd.password-done")


def _last(db: Database, call: Call, key: str) -> Screen:
    return Screen(call.dialogue, single(call.words(key), db.settings.ussd), ends=True)


def words_for(words: Mapping[str, Words], caller: Caller) -> Words:
    """The subscriber's language; the operator's first one where it is no longer spoken."""
    return words.get(caller.language) or next(iter(words.values()))
