"""Values of who is who; no SQL, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from abonent.kit import BillingAccountId, Msisdn, Refused, SubscriptionId

Status = Literal["active", "blocked", "closed"]
DeviceKind = Literal["phone", "tablet", "modem"]
PaymentMode = Literal["prepaid", "postpaid"]


@dataclass(frozen=True, slots=True)
class BillingAccount:
    """A лицевой счёт as it is opened: its number, how it pays, the zone of its dates."""

    number: str
    time_zone: str
    payment_mode: PaymentMode = "prepaid"
    party_name: str | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A number in use. `language` is the subscriber's own choice for SMS and USSD."""

    id: SubscriptionId
    billing_account: BillingAccountId
    status: Status
    language: str
    tariff: str
    tariff_version: int
    time_zone: str
    msisdn: Msisdn | None
    name: str | None
    device_kind: DeviceKind


@dataclass(eq=False)
class NumberTaken(Refused):
    """Somebody holds this number, or this SIM, now."""

    code: ClassVar[str] = "number-taken"
