"""What the demo operator sells, read from `catalogue.toml` for the profile's currency."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from abonent import catalog
from abonent.kit import Amount, Asset

_FILE = Path(__file__).with_name("catalogue.toml")
_GIGABYTE = 1024**3

Sums = Mapping[Literal["BYN", "RUB"], str]


class _Allowance(msgspec.Struct, forbid_unknown_fields=True):
    unit: catalog.Unit
    scope: catalog.Scope
    gigabytes: int | None = None
    minutes: int | None = None
    messages: int | None = None

    def granted(self) -> catalog.Allowance:
        counts = {
            "byte": self.gigabytes and self.gigabytes * _GIGABYTE,
            "second": self.minutes and self.minutes * 60,
            "message": self.messages,
        }
        return catalog.Allowance(self.unit, self.scope, counts[self.unit])


class _Price(msgspec.Struct, forbid_unknown_fields=True):
    unit: catalog.Unit
    scope: catalog.UsageScope
    step: int
    per_step: Sums


class _Offer(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    kind: Literal["tariff", "service"]
    period: catalog.Period
    names: dict[str, str]
    fee: Sums
    allowances: list[_Allowance] = []


class _Purse(msgspec.Struct, forbid_unknown_fields=True):
    step: str
    anna: str
    boris: str


class _Catalogue(msgspec.Struct, forbid_unknown_fields=True):
    tax_rate_bp: Mapping[Literal["BYN", "RUB"], int]
    purse: Mapping[Literal["BYN", "RUB"], _Purse]
    price: list[_Price]
    offer: list[_Offer]


@dataclass(frozen=True, slots=True)
class Purse:
    """Sums in money units: what people top up in multiples of, and the balances of the cast."""

    asset: Asset
    step: int
    anna: int
    boris: int


def read_offers(currency: Literal["BYN", "RUB"]) -> list[catalog.Offer]:
    """All offers as drafts, to be published."""
    file = _read()
    prices = tuple(
        catalog.Price(
            price.unit, price.scope, price.step, Amount.of(price.per_step[currency], currency)
        )
        for price in file.price
    )
    return [
        catalog.Offer(
            code=offer.code,
            version=0,
            kind=offer.kind,
            names=offer.names,
            fee=Amount.of(offer.fee[currency], currency),
            period=offer.period,
            tax_rate_bp=file.tax_rate_bp[currency],
            allowances=tuple(allowance.granted() for allowance in offer.allowances),
            prices=prices if offer.kind == "tariff" else (),
        )
        for offer in file.offer
    ]


def read_purse(currency: Literal["BYN", "RUB"]) -> Purse:
    purse = _read().purse[currency]
    step, anna, boris = (
        Amount.of(decimal, currency).units for decimal in (purse.step, purse.anna, purse.boris)
    )
    return Purse(currency, step, anna, boris)


def _read() -> _Catalogue:
    return msgspec.convert(tomllib.loads(_FILE.read_text(encoding="utf-8")), _Catalogue)
