"""Commands by SMS: one word in any of the operator's languages, in any case.

The answer is written in the subscriber's language and has no screens: an SMS takes it whole.
Nothing is changed by SMS, whose sender anybody can forge: a password is set on the SIM.
"""

from __future__ import annotations

from collections.abc import Mapping

from abonent import overview
from abonent.dialogue.figures import FIGURES
from abonent.dialogue.flows import words_for
from abonent.dialogue.model import Caller, must_be_active
from abonent.storage import Database, Principal, Transaction
from abonent.wording import Words

COMMANDS = ("balance", "left", "password", "help")
"""Each has its words under `sms.word.`, and figures or a text under `sms.answer.`."""

_WORD_MAX = 40


async def answer_sms(db: Database, words: Mapping[str, Words], *, caller: Caller, text: str) -> str:
    """Answer a command. Refuses with SubscriptionBlocked, SubscriptionClosed."""
    own = db.acting(Principal.subscriber(caller.subscription, caller.billing_account))
    return await own.run(
        _answer, words=words_for(words, caller), caller=caller, command=command(words, text)
    )


def command(words: Mapping[str, Words], text: str) -> str:
    """The command that this text names in any language; "unknown" when it names none."""
    asked = _bare(text[:_WORD_MAX])
    for spoken in words.values():
        for name in COMMANDS:
            if asked in {_bare(word) for word in spoken(f"sms.word.{name}").split()}:
                return name
    return "unknown"


async def _answer(tx: Transaction, *, words: Words, caller: Caller, command: str) -> str:
    home = await overview.figures(
        tx, subscription=caller.subscription, billing_account=caller.billing_account
    )
    must_be_active(home.status)
    figures = FIGURES.get(command)
    if figures is not None:
        return figures(words, home, tx.now)
    return words(f"sms.answer.{command}")


def _bare(word: str) -> str:
    return word.strip(" \t\r\n.,«»\"'").casefold().replace("ё", "е")
