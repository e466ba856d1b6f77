"""Values, facts and refusals of access; no SQL, no clock.

Refusals tell nobody whether a number is ours: a number that is not goes through the same steps to
the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from abonent.kit import BillingAccountId, Msisdn, Refused, Secret, SubscriptionId
from abonent.storage import Fact

Channel = Literal["web", "api", "ussd", "sms"]
Purpose = Literal["password", "sign-in"]
WrongPassword = Literal[
    "empty", "short", "long", "is-number", "common", "operator-name", "not-for-keys"
]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from. `address` is the peer's IP address, `agent` what it calls
    itself; `device_token` is what an earlier answer gave to this device, if any did."""

    device_token: Secret | None
    address: str
    agent: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that lasts. `tier` is 0 without a proof of possession on its device, 1 with one."""

    id: UUID
    subscription: SubscriptionId
    billing_account: BillingAccountId
    device: UUID
    tier: int
    made_at: datetime
    seen_at: datetime
    expires_at: datetime
    channel: str
    agent: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The session's token and the device's token: both belong to the asker alone.

    The device's token may differ from the one that was sent: it is renewed when a device becomes
    known, so that nobody who planted the old one shares in the proof.
    """

    token: Secret
    device_token: Secret
    session: Session
    msisdn: Msisdn


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A code goes by SMS to this number, if it is ours; the answer is the same if it is not.

    `device_token` is there when the asker sent none that we know: the code counts only together
    with it. `expires_at` is the end of the code, `resend_at` when another one can be asked for.
    """

    id: UUID
    purpose: Purpose
    msisdn: Msisdn
    expires_at: datetime
    resend_at: datetime
    attempts_left: int
    device_token: Secret | None


@dataclass(frozen=True, slots=True)
class Link:
    """A number that another number's sessions may open, and how far."""

    owner: SubscriptionId
    owner_account: BillingAccountId
    target: SubscriptionId
    target_account: BillingAccountId
    role: Literal["watch", "full"]
    made_by: Literal["password", "grant"]
    name: str | None = None
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """A device as one number sees it. `renewed` is its new token, when it has just been given."""

    id: UUID
    known: bool
    renewed: Secret | None = None


class PasswordSet(Fact, frozen=True, kw_only=True):
    """A password was set or changed, over a channel."""

    channel: str


class SignedInOnNewDevice(Fact, frozen=True, kw_only=True):
    """Somebody signed in on a device where this number had made no proof of possession yet."""

    session: UUID


class SessionsEnded(Fact, frozen=True, kw_only=True):
    """So many sessions of one number were ended by one deed; `reason` names it."""

    sessions: int
    reason: str


@dataclass(eq=False)
class WrongPair(Refused):
    """Number and password do not fit together. All reasons for it look alike."""

    code: ClassVar[str] = "wrong-pair"


@dataclass(eq=False)
class TooManyAttempts(Refused):
    """A limit is reached, for numbers that are not ours too."""

    code: ClassVar[str] = "too-many-attempts"
    wait_seconds: int


@dataclass(eq=False)
class CodeExpired(Refused):
    code: ClassVar[str] = "code-expired"


@dataclass(eq=False)
class WrongCode(Refused):
    code: ClassVar[str] = "wrong-code"
    attempts_left: int


@dataclass(eq=False)
class CodesExhausted(Refused):
    """This code has been guessed at as often as it may be: another one has to be sent."""

    code: ClassVar[str] = "codes-exhausted"


@dataclass(eq=False)
class ResendTooEarly(Refused):
    code: ClassVar[str] = "resend-too-early"
    wait_seconds: int


@dataclass(eq=False)
class FlowGone(Refused):
    """No such flow, or not on this device, or it is over."""

    code: ClassVar[str] = "flow-gone"


@dataclass(eq=False)
class BadCodeFormat(Refused):
    """A code is six digits; nothing was compared or counted."""

    code: ClassVar[str] = "bad-code-format"


@dataclass(eq=False)
class BadPassword(Refused):
    code: ClassVar[str] = "bad-password"
    reason: WrongPassword


@dataclass(eq=False)
class SignedOut(Refused):
    code: ClassVar[str] = "signed-out"


@dataclass(eq=False)
class StepUpRequired(Refused):
    code: ClassVar[str] = "step-up-required"
