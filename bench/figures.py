"""What was measured: one figure of several rounds, beside the aim it is held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal


class WrongAnswer(Exception):
    """Something answered with an error, or with figures that are not the right ones."""


@dataclass(frozen=True, slots=True)
class Figure:
    """`values` are the rounds, in `unit`; `aim` is the most allowed, or with "least" the least."""

    bench: str
    what: str
    unit: str
    values: Sequence[float]
    aim: float | None = None
    sense: Literal["most", "least"] = "most"

    @property
    def middle(self) -> float:
        return median(self.values)

    @property
    def met(self) -> bool | None:
        """Whether the median keeps to the aim; None without an aim."""
        if self.aim is None:
            return None
        return self.middle <= self.aim if self.sense == "most" else self.middle >= self.aim


@dataclass(frozen=True, slots=True)
class Cost:
    """One measured run: milliseconds of CPU for each request, requests a second, latencies."""

    app_ms: float
    database_ms: float
    a_second: float
    p50_ms: float = 0.0
    p99_ms: float = 0.0

    @property
    def total_ms(self) -> float:
        return self.app_ms + self.database_ms


def of(costs: Sequence[Cost], read: Callable[[Cost], float]) -> list[float]:
    """One figure of all rounds."""
    return [read(cost) for cost in costs]


def ratios(costs: Sequence[float], others: Sequence[float]) -> list[float]:
    """Each round by the same round of what it is compared with."""
    return [one / other for one, other in zip(costs, others, strict=True)]
