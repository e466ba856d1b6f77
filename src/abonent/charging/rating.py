"""Rating: what a usage takes from buckets and what the rest costs. One pure function."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from abonent.catalog import Price
from abonent.charging.model import Bucket, PriceMissing, Rated, Usage

NIGHT_ENDS_HOUR = 6
_AT_HOME = frozenset(("home", "in_net", "other_net"))


def rate(usage: Usage, buckets: Iterable[Bucket], prices: Sequence[Price]) -> Rated:
    """Take from the buckets that cover the usage, and price what they leave. PriceMissing.

    A bucket covers usage of its unit while it is valid: `home` everything but roaming, `in_net` and
    `other_net` their own, `roaming` roaming only, `night` data at home from 0:00 to 6:00 local.
    The order: the nearest expiry first; at the same expiry the narrower scope before `home`, then
    unlimited before counted, then the lower id. An unlimited bucket takes all that is left.
    The rest costs the price of each started step, rounded up once for the whole record.
    """
    left = usage.quantity
    taken = []
    for bucket in _in_order(usage, buckets):
        if not left:
            break
        quantity = left if bucket.remaining is None else min(left, bucket.remaining)
        taken.append((bucket.id, quantity))
        left -= quantity
    return Rated(tuple(taken), _cost(usage, left, prices) if left else 0)


def _in_order(usage: Usage, buckets: Iterable[Bucket]) -> list[Bucket]:
    unit = usage.unit
    covering = [bucket for bucket in buckets if bucket.unit == unit and _covers(bucket, usage)]
    if len(covering) > 1:
        covering.sort(
            key=lambda b: (b.valid_until, b.scope == "home", b.remaining is not None, b.id)
        )
    return covering


def _covers(bucket: Bucket, usage: Usage) -> bool:
    """Whether a bucket of the usage's unit has something for it."""
    if bucket.remaining == 0:
        return False
    if not bucket.valid_from <= usage.occurred_at < bucket.valid_until:
        return False
    if bucket.scope == "home":
        return usage.scope in _AT_HOME
    if bucket.scope == "night":
        return (
            usage.unit == "byte"
            and usage.scope == "home"
            and usage.occurred_at.hour < NIGHT_ENDS_HOUR
        )
    return bucket.scope == usage.scope


def _cost(usage: Usage, quantity: int, prices: Sequence[Price]) -> int:
    price = _price(usage, prices)
    steps = -(-quantity // price.step)
    return steps * price.per_step.units


def _price(usage: Usage, prices: Sequence[Price]) -> Price:
    """The price of the usage's own scope; at home that of `home` stands in for a missing one."""
    instead = None
    for price in prices:
        if price.unit == usage.unit:
            if price.scope == usage.scope:
                return price
            if price.scope == "home" and usage.scope in _AT_HOME:
                instead = price
    if instead is None:
        raise PriceMissing(f"no price for {usage.unit} {usage.scope}")
    return instead
