"""The bodies of the API: what is taken, what is given. The OpenAPI document shows these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from abonent.kit import Amount
from abonent.overview import Bucket, Forecast, Home, NextCharge, forecast

Text = Annotated[str, Meta(max_length=256)]
Token = Annotated[str, Meta(max_length=128)]


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class SignIn(Body, frozen=True):
    """Number in any usual spelling, password; `device_token` makes a device known."""

    msisdn: Text
    password: Text
    device_token: Token | None = None


class SetPassword(Body, frozen=True):
    msisdn: Text
    password: Text
    device_token: Token | None = None


class Code(Body, frozen=True):
    """The code from the SMS, and the device token that the first answer gave."""

    code: Text
    device_token: Token | None = None


class Device(Body, frozen=True):
    device_token: Token | None = None


class Shape(msgspec.Struct, frozen=True, omit_defaults=False):
    pass


class Problem(Shape, frozen=True):
    """RFC 9457, with the refusal's code; its facts stand beside these fields."""

    type: str
    title: str
    status: int
    code: str
    detail: str


class Number(Shape, frozen=True):
    id: str
    msisdn: str
    tier: int


class SignedIn(Shape, frozen=True):
    token: str
    device_token: str
    expires_at: datetime
    number: Number


class CodeAsked(Shape, frozen=True):
    """A code is on its way. Keep `device_token`: the code works on this device only."""

    id: str
    expires_at: datetime
    resend_at: datetime
    attempts_left: int
    device_token: str | None


class OpenSession(Shape, frozen=True):
    id: str
    made_at: datetime
    seen_at: datetime
    expires_at: datetime
    channel: str
    agent: str
    tier: int
    current: bool


class OpenSessions(Shape, frozen=True):
    items: list[OpenSession]
    next_cursor: str | None = None


class Money(Shape, frozen=True):
    """An exact decimal string and its currency."""

    amount: str
    currency: str

    @classmethod
    def of(cls, amount: Amount) -> Money:
        return cls(amount.decimal(), amount.asset)


class Quantity(Shape, frozen=True):
    value: int
    unit: Literal["byte", "second", "message"]


class BucketShape(Shape, frozen=True):
    """One allowance. Unlimited has neither `total` nor `left`."""

    id: str
    offer: str
    scope: str
    unit: Literal["byte", "second", "message"]
    unlimited: bool
    total: Quantity | None
    left: Quantity | None
    valid_until: datetime

    @classmethod
    def of(cls, bucket: Bucket) -> BucketShape:
        limited = bucket.total is not None and bucket.remaining is not None
        return cls(
            id=str(bucket.id),
            offer=bucket.offer,
            scope=bucket.scope.replace("_", "-"),
            unit=bucket.unit,
            unlimited=not limited,
            total=Quantity(bucket.total or 0, bucket.unit) if limited else None,
            left=Quantity(bucket.remaining or 0, bucket.unit) if limited else None,
            valid_until=bucket.valid_until,
        )


class BalanceShape(Shape, frozen=True):
    """`balance` and `available` (with credit, without reservations); null when unknown."""

    as_of: datetime
    balance: Money | None
    available: Money | None


class Buckets(Shape, frozen=True):
    as_of: datetime
    items: list[BucketShape]
    next_cursor: str | None = None


class TariffShape(Shape, frozen=True):
    code: str
    name: str
    fee: Money
    period: Literal["month", "day", "once"]


class NextChargeShape(Shape, frozen=True):
    on: date
    amount: Money
    offer: str
    name: str

    @classmethod
    def of(cls, charge: NextCharge, language: str) -> NextChargeShape:
        name = charge.names.get(language) or charge.names["ru"]
        return cls(charge.on, Money.of(charge.amount), charge.offer, name)


class ForecastShape(Shape, frozen=True):
    """`ends`: lasts through `on`; `short`: the charge on that day lacks `missing`; `lasts`."""

    kind: Literal["short", "ends", "lasts"]
    per_day: Money
    on: date | None
    missing: Money | None

    @classmethod
    def of(cls, seen: Forecast) -> ForecastShape:
        missing = None if seen.missing is None else Money.of(seen.missing)
        return cls(seen.kind, Money.of(seen.per_day), seen.on, missing)


class HomeShape(Shape, frozen=True):
    """Home in one answer."""

    number: Number
    name: str | None
    status: Literal["active", "blocked", "closed"]
    as_of: datetime
    balance: Money | None
    available: Money | None
    buckets: list[BucketShape]
    tariff: TariffShape
    next_charge: NextChargeShape | None
    forecast: ForecastShape | None


def balance_shape(home: Home) -> BalanceShape:
    known = home.balance
    return BalanceShape(
        as_of=home.as_of,
        balance=None if known is None else Money.of(known.amount),
        available=None if known is None else Money.of(known.available),
    )


def tariff_shape(home: Home, language: str) -> TariffShape:
    tariff = home.tariff
    name = tariff.names.get(language) or tariff.names["ru"]
    return TariffShape(tariff.code, name, Money.of(tariff.fee), tariff.period)


def home_shape(home: Home, language: str) -> HomeShape:
    figures, seen = balance_shape(home), forecast(home)
    charges = home.next_charges
    return HomeShape(
        number=Number(str(home.subscription), f"+{home.msisdn}", home.tier),
        name=home.name,
        status=home.status,
        as_of=home.as_of,
        balance=figures.balance,
        available=figures.available,
        buckets=[BucketShape.of(bucket) for bucket in home.buckets],
        tariff=tariff_shape(home, language),
        next_charge=NextChargeShape.of(charges[0], language) if charges else None,
        forecast=None if seen is None else ForecastShape.of(seen),
    )
