"""What the operator sells: tariffs and services with their fees, allowances and prices.

An offer is published in versions and a version never changes: whoever was charged by one can be
shown it years later. A new version appears only when something differs.
"""

from abonent.catalog.actions import publish
from abonent.catalog.model import (
    Allowance,
    Offer,
    OfferUnknown,
    Period,
    Price,
    Scope,
    Unit,
    UsageScope,
)
from abonent.catalog.store import offer, tariffs

__all__ = [
    "Allowance",
    "Offer",
    "OfferUnknown",
    "Period",
    "Price",
    "Scope",
    "Unit",
    "UsageScope",
    "offer",
    "publish",
    "tariffs",
]
