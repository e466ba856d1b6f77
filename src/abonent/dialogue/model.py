"""Dialogues as values: who calls, what is shown, and the table of what may follow what. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal
from uuid import UUID

from abonent.kit import BillingAccountId, Msisdn, Refused, Secret, SubscriptionId
from abonent.settings import UssdCodes

Link = Literal["demo", "hlr", "http", "sms"]
Step = Literal[
    "menu",
    "balance",
    "left",
    "tariff",
    "password-ask",
    "password-repeat",
    "password-done",
]

TRANSITIONS: Mapping[tuple[Step, str], Step] = {
    ("menu", "1"): "balance",
    ("menu", "2"): "left",
    ("menu", "3"): "tariff",
    ("menu", "4"): "password-ask",
    ("balance", "0"): "balance",
    ("left", "0"): "left",
    ("tariff", "0"): "tariff",
    ("password-ask", "fits"): "password-repeat",
    ("password-ask", "refused"): "password-ask",
    ("password-repeat", "same"): "password-done",
    ("password-repeat", "differs"): "password-ask",
}
"""(step, key pressed or judgement of the entry) to the next step.

A pair that is not here is a wrong key: the same screen is shown again.
"""

NEEDS_SIM: frozenset[Step] = frozenset({"password-ask", "password-repeat", "password-done"})
"""Steps that only a link which proves the SIM may enter: the SIM itself is the proof."""

TRIES_MAX = 3
"""So many entries that do not fit or do not match, then the dialogue ends."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is on the phone, as its link has found out, and what this link is worth."""

    subscription: SubscriptionId
    billing_account: BillingAccountId
    msisdn: Msisdn
    language: str
    link: Link
    proves_sim: bool

    def may(self, step: Step) -> bool:
        return self.proves_sim or step not in NEEDS_SIM


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen of a dialogue. After `ends` nothing can be answered."""

    dialogue: UUID
    text: str
    ends: bool


@dataclass(frozen=True, slots=True)
class State:
    """Where a dialogue stands. `turn`: the page of figures, or how many entries were refused.

    `digest` is a keyed digest of the password entered first, 32 bytes.
    """

    step: Step
    turn: int = 0
    digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class Dialled:
    """What a dialled code asks for; the password when it came with the code."""

    step: Step
    password: Secret | None = None


@dataclass(eq=False)
class DialogueGone(Refused):
    """No such dialogue for this number on this link, or its time is over."""

    code: ClassVar[str] = "dialogue-gone"


@dataclass(eq=False)
class PasswordsDiffer(Refused):
    """The second entry is not the first one."""

    code: ClassVar[str] = "passwords-differ"


@dataclass(eq=False)
class SubscriptionClosed(Refused):
    """The number is out of use."""

    code: ClassVar[str] = "subscription-closed"


@dataclass(eq=False)
class SubscriptionBlocked(Refused):
    """The number is blocked: nothing is told or changed from its SIM, which may be lost."""

    code: ClassVar[str] = "subscription-blocked"


def dialled(code: str, codes: UssdCodes) -> Dialled | None:
    """Read a code as it was dialled: "*100#", "*111*17#", "*111*17*PASSWORD#".

    None for a code that is not the operator's.
    """
    code = code.strip()
    steps: dict[str, Step] = {
        codes.balance: "balance",
        codes.menu: "menu",
        codes.password: "password-ask",
    }
    if code in steps:
        return Dialled(steps[code])
    opening = f"{codes.password.removesuffix('#')}*"
    if code.startswith(opening) and code.endswith("#"):
        return Dialled("password-ask", Secret(code[len(opening) : -1]))
    return None


def must_be_active(status: str | None) -> None:
    """Refuse a number that is blocked or closed; None is a number that is no more."""
    if status == "blocked":
        raise SubscriptionBlocked
    if status != "active":
        raise SubscriptionClosed
