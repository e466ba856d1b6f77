"""The figures as lines of text: balance, what is left, tariff. The same for screens and for SMS.

Unknown is said to be unknown. Every figure is exact or rounded as everywhere else, and none is
left out; how the lines become screens is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import groupby

from abonent.overview import Bucket, Home
from abonent.wording import Words, plain


def balance(words: Words, home: Home, now: datetime) -> str:
    """The balance and its moment; what is available only when it is another sum."""
    known = home.balance
    if known is None:
        return words("ussd.balance-unknown")
    time = words.moment(home.as_of, now)
    if known.available_units == known.units:
        return words("ussd.balance", sum=known.amount, time=time)
    return words("ussd.balance-available", sum=known.amount, available=known.available, time=time)


def left(words: Words, home: Home, now: datetime) -> str:
    """The last day, then a line for each bucket that ends with it; the nearest expiry first."""
    if not home.buckets:
        return words("ussd.left-none")
    lines: list[str] = []
    buckets = sorted(home.buckets, key=lambda bucket: bucket.valid_until)
    for day, group in groupby(buckets, key=lambda bucket: words.last_day(bucket.valid_until)):
        until = words("ussd.until", date=day)
        lines.append(until if lines else f"{words('ussd.left-title')} {until}")
        lines += [_left(words, bucket) for bucket in group]
    return "\n".join(lines)


def tariff(words: Words, home: Home, now: datetime) -> str:
    """The name, the fee and the date of the next charge."""
    own = home.tariff
    name = own.names.get(words.language) or next(iter(own.names.values()), own.code)
    if own.fee_units == 0 or own.period == "once":
        return words("ussd.tariff-no-fee", name=name)
    key = "ussd.tariff-day" if own.period == "day" else "ussd.tariff"
    dates = [charge.on for charge in home.next_charges if charge.offer == own.code]
    if not dates:
        return words(f"{key}-no-date", name=name, fee=own.fee)
    return words(key, name=name, fee=own.fee, date=min(dates))


FIGURES: Mapping[str, Callable[[Words, Home, datetime], str]] = {
    "balance": balance,
    "left": left,
    "tariff": tariff,
}


def _left(words: Words, bucket: Bucket) -> str:
    if bucket.remaining is None:
        figure = words("bucket.unlimited")
    elif bucket.unit == "byte":
        figure = words.quantity(bucket.remaining, "byte")
    else:
        figure, _ = words.split_quantity(bucket.remaining, bucket.unit)
    fact = "left" if bucket.unit == "byte" else "number"
    line = words(f"ussd.left.{bucket.unit}", **{fact: figure})
    if bucket.scope == "home":
        return line
    return plain(f"{line} {words(f'scope.{bucket.scope}')}")
