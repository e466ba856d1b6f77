"""The text dialogue of button phones: codes, menu, questions, SMS commands, whoever carries them.

The room knows no transport. A link says who calls and whether it proves the SIM; the room answers
with screens that always fit the phone, in the subscriber's language and in the same words as every
other channel. It owns the open dialogues: each has its own timer, belongs to one number and one
link, and keeps no entry of a password, only a keyed digest of the first one.
"""

from abonent.dialogue.actions import forget_old
from abonent.dialogue.commands import answer_sms
from abonent.dialogue.flows import answer, open_dialogue
from abonent.dialogue.model import (
    Caller,
    DialogueGone,
    Link,
    Screen,
    SubscriptionBlocked,
    SubscriptionClosed,
)
from abonent.dialogue.pages import ScreenTooLong

__all__ = [
    "Caller",
    "DialogueGone",
    "Link",
    "Screen",
    "ScreenTooLong",
    "SubscriptionBlocked",
    "SubscriptionClosed",
    "answer",
    "answer_sms",
    "forget_old",
    "open_dialogue",
]
