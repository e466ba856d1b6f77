"""The figures of home, and what can be foreseen from them. Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

import msgspec

from abonent.kit import Amount, Asset, Refused

SPENDING_DAYS = 30
HORIZON_DAYS = 62
_KOPECK = 100


@dataclass(eq=False)
class NotYours(Refused):
    """No such number for this session. The same answer whether it exists or not."""

    code: ClassVar[str] = "not-found"


class Tariff(msgspec.Struct, frozen=True):
    """`names` by language; the fee in units of the asset for each period."""

    code: str
    names: dict[str, str]
    fee_units: int
    asset: Asset
    period: Literal["month", "day", "once"]

    @property
    def fee(self) -> Amount:
        return Amount(self.fee_units, self.asset)


class Balance(msgspec.Struct, frozen=True):
    """Balance and available (balance + credit − reserved) are two figures."""

    asset: Asset
    units: int
    available_units: int

    @property
    def amount(self) -> Amount:
        return Amount(self.units, self.asset)

    @property
    def available(self) -> Amount:
        return Amount(self.available_units, self.asset)


class Bucket(msgspec.Struct, frozen=True):
    """What is left of one allowance. `total` and `remaining` are None when it is unlimited."""

    id: int
    offer: str
    unit: Literal["byte", "second", "message"]
    scope: Literal["home", "in_net", "other_net", "night", "roaming"]
    total: int | None
    remaining: int | None
    valid_until: datetime

    @property
    def percent(self) -> int | None:
        """Left, in whole percent, rounded down but never to 0 while anything is left."""
        if self.total is None or self.remaining is None:
            return None
        return max(self.remaining * 100 // self.total, 1 if self.remaining else 0)


class NextCharge(msgspec.Struct, frozen=True):
    offer: str
    names: dict[str, str]
    asset: Asset
    units: int
    on: date

    @property
    def amount(self) -> Amount:
        return Amount(self.units, self.asset)


class Home(msgspec.Struct, frozen=True):
    """All of home, true at `as_of`. `balance` is None when it is not known."""

    tier: int
    as_of: datetime
    subscription: int
    billing_account: int
    msisdn: int | None
    name: str | None
    device_kind: Literal["phone", "tablet", "modem"]
    language: str
    status: Literal["active", "blocked", "closed"]
    time_zone: str
    tariff: Tariff
    balance: Balance | None
    buckets: list[Bucket]
    next_charges: list[NextCharge]
    spent_units: int

    @property
    def today(self) -> date:
        return self.as_of.astimezone(ZoneInfo(self.time_zone)).date()


@dataclass(frozen=True, slots=True)
class Forecast:
    """`short`: the charge `on` cannot be paid, `missing` says by how much. `ends`: the money lasts
    through `on` at `per_day`. `lasts`: beyond the horizon."""

    kind: Literal["short", "ends", "lasts"]
    per_day: Amount
    on: date | None = None
    missing: Amount | None = None


def forecast(home: Home) -> Forecast | None:
    """How long the money lasts at the mean spending of the last 30 days, fees on their dates.

    None when the balance is unknown or nothing is ever charged.
    """
    balance = home.balance
    per_day = home.spent_units // SPENDING_DAYS
    if balance is None or (per_day <= 0 and not home.next_charges):
        return None
    asset, rate = balance.asset, max(per_day, 0)
    about = Amount(_kopecks(rate), asset)
    left, today = balance.available_units, home.today
    for ahead in range(1, HORIZON_DAYS + 1):
        day = today + timedelta(days=ahead)
        due = sum(c.units for c in home.next_charges if _falls(c.on, day, today))
        if due and left < due:
            return Forecast("short", about, day, Amount(_kopecks(due - left), asset))
        left -= due + rate
        if left < 0:
            return Forecast("ends", about, day - timedelta(days=1))
    return Forecast("lasts", about)


def _kopecks(units: int) -> int:
    """Up to whole kopecks: a foreseen sum is an estimate, and a top-up has no finer parts."""
    return -(-units // _KOPECK) * _KOPECK


def _falls(first: date, day: date, today: date) -> bool:
    """Whether a monthly charge falls on a day: on its date, then on the same day of each month.

    One that is overdue falls on the first day ahead.
    """
    if first <= today:
        return day == today + timedelta(days=1)
    if day < first:
        return False
    return day.day == min(first.day, monthrange(day.year, day.month)[1])
