"""Chance that is the same on every machine and in every year: a small generator of our own.

SplitMix64 (Steele, Lea, Flood: «Fast Splittable Pseudorandom Number Generators», 2014). Seeded by
what it draws for, so that a person's life does not depend on how many others there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_MASK = 2**64 - 1
_GAMMA = 0x9E3779B97F4A7C15


class Draw:
    """A stream of numbers for the given seeds."""

    __slots__ = ("_state",)

    def __init__(self, *seeds: int) -> None:
        self._state = 0
        for seed in seeds:
            self._state = self._state * 1_000_003 + seed & _MASK
            self._state = self.bits()

    def bits(self) -> int:
        """The next 64 bits."""
        self._state = state = self._state + _GAMMA & _MASK
        state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        state = (state ^ state >> 27) * 0x94D049BB133111EB & _MASK
        return state ^ state >> 31

    def below(self, count: int) -> int:
        return self.bits() * count >> 64

    def between(self, first: int, last: int) -> int:
        return first + self.below(last - first + 1)

    def one_of(self, things: Sequence[T]) -> T:
        return things[self.below(len(things))]
