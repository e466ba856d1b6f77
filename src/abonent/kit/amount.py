"""Amounts of money and points: integers of the smallest unit, never a float.

A tariff charges below a kopeck, so roubles carry four decimals. There is no division: what must be
split is split by the caller, in integers, with the remainder in plain sight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Asset = Literal["BYN", "RUB", "PTS"]

SCALES: dict[str, int] = {"BYN": 4, "RUB": 4, "PTS": 0}
"""How many decimals one unit stands behind the point, by asset."""


@dataclass(frozen=True, slots=True, order=False)
class Amount:
    """So many smallest units of an asset: `Amount(124000, "BYN")` is 12.40 BYN."""

    units: int
    asset: Asset

    @classmethod
    def of(cls, decimal: str, asset: Asset) -> Amount:
        """Read a decimal string such as "12.40". ValueError when it is finer than the asset."""
        sign = -1 if decimal.startswith("-") else 1
        whole, _, fraction = decimal.lstrip("-").partition(".")
        scale = SCALES[asset]
        if not (whole + fraction).isdigit() or not whole or len(fraction) > scale:
            raise ValueError(f"not an amount of {asset}: {decimal!r}")
        return cls(sign * int(whole + fraction.ljust(scale, "0")), asset)

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.units + self._same(other), self.asset)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.units - self._same(other), self.asset)

    def __neg__(self) -> Amount:
        return Amount(-self.units, self.asset)

    def __lt__(self, other: Amount) -> bool:
        return self.units < self._same(other)

    def __le__(self, other: Amount) -> bool:
        return self.units <= self._same(other)

    def __gt__(self, other: Amount) -> bool:
        return self.units > self._same(other)

    def __ge__(self, other: Amount) -> bool:
        return self.units >= self._same(other)

    def __bool__(self) -> bool:
        return self.units != 0

    def decimal(self) -> str:
        """The exact decimal string: two decimals, all of them when the finer ones are not zero."""
        scale = SCALES[self.asset]
        sign = "-" if self.units < 0 else ""
        digits = str(abs(self.units)).rjust(scale + 1, "0")
        if not scale:
            return sign + digits
        whole, fraction = digits[:-scale], digits[-scale:]
        return f"{sign}{whole}.{fraction if fraction[2:].strip('0') else fraction[:2]}"

    def __str__(self) -> str:
        return f"{self.decimal()} {self.asset}"

    def _same(self, other: Amount) -> int:
        if self.asset != other.asset:
            raise TypeError(f"{self.asset} and {other.asset} do not mix")
        return other.units
