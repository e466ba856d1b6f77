"""Offers as values; no SQL, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from abonent.kit import Amount, Refused

Unit = Literal["byte", "second", "message"]
UsageScope = Literal["home", "in_net", "other_net", "roaming"]
Scope = Literal["home", "in_net", "other_net", "night", "roaming"]
Period = Literal["month", "day", "once"]
Kind = Literal["tariff", "service"]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an offer grants for a period; `quantity` in units, None is unlimited."""

    unit: Unit
    scope: Scope
    quantity: int | None


@dataclass(frozen=True, slots=True)
class Price:
    """What is asked for each started step of `step` units when no allowance is left."""

    unit: Unit
    scope: UsageScope
    step: int
    per_step: Amount


@dataclass(frozen=True, slots=True)
class Offer:
    """One version of something sold. Prices include tax; `tax_rate_bp` is in 1/100 of a percent.

    `version` 0 stands for a draft: publishing gives it its number.
    """

    code: str
    version: int
    kind: Kind
    names: Mapping[str, str]
    fee: Amount
    period: Period
    tax_rate_bp: int
    allowances: tuple[Allowance, ...] = ()
    prices: tuple[Price, ...] = ()

    def same_terms(self, other: Offer) -> bool:
        """Whether the two differ in nothing but the version; the order of prices says nothing."""
        return self._terms() == other._terms()

    def _terms(self) -> Offer:
        prices = sorted(self.prices, key=lambda price: (price.unit, price.scope))
        return replace(self, version=0, prices=tuple(prices))


@dataclass(eq=False)
class OfferUnknown(Refused):
    """No such offer, or no such version of it."""

    code: ClassVar[str] = "offer-unknown"
    offer: str
