"""What happened in charging."""

from __future__ import annotations

from datetime import date

from abonent.storage import Fact


class UsageCharged(Fact, frozen=True, kw_only=True):
    """Usage went beyond the buckets and cost money: so many `units` of the asset."""

    unit: str
    scope: str
    asset: str
    units: int


class PlanRenewed(Fact, frozen=True, kw_only=True):
    """The fee of the period that begins `on` was taken; the next one is due `next_on`."""

    offer: str
    version: int
    asset: str
    units: int
    on: date
    next_on: date
