"""Requests of links: find the caller, drive the dialogue, say refusals in the caller's words."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import structlog

from abonent import dialogue as dialogues
from abonent import subscribers
from abonent.kit import Msisdn, Refused, random_id
from abonent.storage import Database, Principal
from abonent.wording import Words

T = TypeVar("T")
log = structlog.get_logger()

LINKS: Mapping[dialogues.Link, bool] = {"demo": True, "hlr": True, "http": False, "sms": False}
"""Links, and whether one proves that the SIM itself is calling.

Our own HLR link takes the number from the SIM's registration; a gateway, or the sender of an SMS,
only claims it. The drawn phone stands for a phone with its SIM.
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to the phone; after `ends` the network closes the dialogue."""

    dialogue: UUID
    text: str
    ends: bool


async def request(
    db: Database,
    words: Mapping[str, Words],
    *,
    link: dialogues.Link,
    msisdn: Msisdn,
    text: str,
    dialogue: UUID | None = None,
) -> Reply:
    """A code dialled (`dialogue` None) or an answer to a screen. Never raises but for cancelling.

    A refusal is a text that ends the dialogue; so is a failure of ours, which is logged.
    """

    async def drive(caller: dialogues.Caller) -> Reply:
        if dialogue is None:
            screen = await dialogues.open_dialogue(db, words, caller=caller, code=text)
        else:
            screen = await dialogues.answer(db, words, caller=caller, dialogue=dialogue, text=text)
        return Reply(screen.dialogue, screen.text, screen.ends)

    answered = await _answered(db, words, link, msisdn, drive)
    if isinstance(answered, Reply):
        return answered
    return Reply(dialogue or random_id(), answered, ends=True)


async def incoming_sms(
    db: Database,
    words: Mapping[str, Words],
    *,
    link: dialogues.Link,
    msisdn: Msisdn,
    text: str,
) -> str:
    """The answer to an SMS that a phone sent to the operator. Never raises but for cancelling."""

    async def drive(caller: dialogues.Caller) -> str:
        return await dialogues.answer_sms(db, words, caller=caller, text=text)

    return await _answered(db, words, link, msisdn, drive)


async def _answered(
    db: Database,
    words: Mapping[str, Words],
    link: dialogues.Link,
    msisdn: Msisdn,
    drive: Callable[[dialogues.Caller], Awaitable[T]],
) -> T | str:
    spoken = next(iter(words.values()))
    try:
        system = db.acting(Principal.system("ussd"))
        found = await system.run(subscribers.subscription_by_msisdn, msisdn)
        if found is None:
            return spoken("ussd.not-ours")
        spoken = words.get(found.language, spoken)
        caller = dialogues.Caller(
            subscription=found.id,
            billing_account=found.billing_account,
            msisdn=msisdn,
            language=found.language,
            link=link,
            proves_sim=LINKS[link],
        )
        return await drive(caller)
    except Refused as refused:
        return _told(spoken, refused)
    except Exception as error:
        _log_failure(error, link, msisdn)
        return spoken("ussd.failed")


def _told(words: Words, refused: Refused) -> str:
    """The one map from refusals to screens: by code and reason, from the locale files."""
    try:
        return words.ussd_refusal(refused)
    except LookupError:
        log.error("ussd-refusal-without-text", code=refused.code)
        return words("ussd.failed")


def _log_failure(error: Exception, link: str, msisdn: Msisdn) -> None:
    # Neither the message nor the variables of the trace: both may carry what was typed.
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-6:]]
    log.error("ussd-failed", kind=type(error).__name__, link=link, msisdn=msisdn.masked, at=places)
