"""Postings, entries and balances as values; no SQL, no clock.

One side of every posting is the customer (the billing account), the other a house account: `world`
is money outside the operator, `revenue` what was earned. House accounts keep no running balance: it
would be one row that everybody waits for, and it is the sum of the entries anyway.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal, get_args
from uuid import UUID

import msgspec

from abonent.kit import Amount, BillingAccountId, OperationId, Refused, SubscriptionId

Side = Literal["customer", "world", "revenue"]
Category = Literal["opening", "top_up", "fee", "usage", "service", "correction"]

_SIDES = frozenset(get_args(Side))
_CATEGORIES = frozenset(get_args(Category))


@dataclass(eq=False)
class NotEnough(Refused):
    """The floor forbids it: `missing` more would be needed.

    The transaction ends here: the operation's id stays claimed until it is rolled back.
    """

    code: ClassVar[str] = "not-enough"
    missing: Amount


@dataclass(frozen=True, slots=True)
class Posting:
    """A movement of money to make. `on` is the day of posting in the account's zone.

    With a `forced_reason` the floor does not hold it back. With a `reason_if_short` it is
    authorised when the money is there, and forced for that reason when it is not. `offer` is code
    and version. ValueError when the posting makes no sense: that is a bug of the caller.
    """

    operation: OperationId
    billing_account: BillingAccountId
    subscription: SubscriptionId | None
    on: date
    source: Side
    target: Side
    amount: Amount
    category: Category
    occurred_at: datetime
    forced_reason: str | None = None
    reason_if_short: str | None = None
    offer: tuple[str, int] | None = None
    tax_rate_bp: int | None = None

    def __post_init__(self) -> None:
        if self.amount.units <= 0:
            raise ValueError("an amount to post is above zero")
        if (self.source == "customer") == (self.target == "customer"):
            raise ValueError("one side of a posting is the customer, and only one")
        if self.source not in _SIDES or self.target not in _SIDES:
            raise ValueError("unknown side of a posting")
        if self.category not in _CATEGORIES:
            raise ValueError("unknown category of a posting")
        if self.forced_reason == "" or self.reason_if_short == "":
            raise ValueError("a forced posting says why")

    @property
    def change(self) -> int:
        """By how many units the balance changes."""
        return self.amount.units if self.target == "customer" else -self.amount.units

    def content(self) -> bytes:
        """The digest that tells a repeat from another movement under the same operation id.

        Moments are no part of it: a repeat comes later, perhaps after midnight.
        """
        said = (
            self.billing_account,
            self.subscription,
            self.source,
            self.target,
            self.amount.units,
            self.amount.asset,
            self.category,
            self.forced_reason,
            self.reason_if_short,
            self.offer,
            self.tax_rate_bp,
        )
        return hashlib.sha256(msgspec.json.encode(said)).digest()


@dataclass(frozen=True, slots=True)
class Balance:
    """What there is, and what can be spent of it: `available` = balance + credit - reserved."""

    balance: Amount
    available: Amount
    reserved: Amount
    debt: Amount
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement as it was made; nothing ever changes it. `posted_at` orders the account."""

    id: int
    operation: UUID
    billing_account: BillingAccountId
    subscription: SubscriptionId | None
    posted_at: datetime
    occurred_at: datetime
    source: Side
    target: Side
    amount: Amount
    category: Category
    forced_reason: str | None
    offer: tuple[str, int] | None
    tax_rate_bp: int | None

    @property
    def change(self) -> int:
        """By how many units the balance changed."""
        return self.amount.units if self.target == "customer" else -self.amount.units
