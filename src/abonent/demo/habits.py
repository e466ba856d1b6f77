"""How the demo's people use their numbers: all uses of a period, drawn from the person and the day.

The loader makes history of it and the pulse lets it come true later, so both draw the same uses
with the same ids: what was loaded is never counted again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from abonent import catalog, charging
from abonent.demo.draw import Draw
from abonent.demo.people import Person
from abonent.kit import SubscriptionId

SOURCE = "demo"

_MEGABYTE = 1024**2
_UNLIMITED_BYTES = 20 * 1024**3
_DAY = 86_400
_MORNING = 7 * 3600
_ROAMING_ONE_IN = 16

# Of the ten seconds between two pulses: data each minute, a call each five, an SMS each ten.
_DATA_ONE_IN, _CALL_ONE_IN, _SMS_ONE_IN = 6, 30, 60

_Use = tuple[int, catalog.Unit, catalog.UsageScope, int]


def usual_uses(
    person: Person, offer: catalog.Offer, on: date, next_on: date, time_zone: str
) -> list[charging.UsageRecord]:
    """All uses of the period [on, next_on), in the order of time."""
    midnight = charging.midnight(on, time_zone)
    days = (next_on - on).days
    data = _monthly_bytes(offer) * person.appetite // 100
    draw = Draw(person.index, on.toordinal())
    if person.lively:
        uses = sorted(_lively(draw, person, days, data // days))
    else:
        uses = sorted(_ordinary(draw, person, days, data))
    prefix = f"{person.index}-{on.toordinal()}-"
    subscription = SubscriptionId(person.index)
    records = []
    for number, (seconds, unit, scope, quantity) in enumerate(uses):
        usage = charging.Usage(unit, scope, quantity, midnight + timedelta(0, seconds))
        records.append(charging.UsageRecord(SOURCE, f"{prefix}{number}", subscription, usage))
    return records


def sudden_use(person: Person, slot: int, at: datetime) -> charging.UsageRecord:
    """One use out of the blue, now; the slot is its id."""
    _, unit, scope, quantity = next(_ordinary(Draw(person.index, -slot), person, 1, 2**30))
    usage = charging.Usage(unit, scope, quantity, at)
    subscription = SubscriptionId(person.index)
    return charging.UsageRecord(f"{SOURCE}-sudden", f"{person.index}-{slot}", subscription, usage)


def passing_use(person: Person, slot: int, at: datetime) -> charging.UsageRecord | None:
    """What somebody of the cast does in this slot, if anything: small, so that packets last."""
    draw = Draw(person.index, slot)
    scope: catalog.UsageScope = "home"
    if draw.below(_DATA_ONE_IN) == 0:
        unit: catalog.Unit = "byte"
        quantity = draw.between(2, 8) * _MEGABYTE
    elif person.device == "phone" and draw.below(_CALL_ONE_IN) == 0:
        unit, scope, quantity = "second", "other_net", draw.between(30, 150)
    elif person.device == "phone" and draw.below(_SMS_ONE_IN) == 0:
        unit, quantity = "message", 1
    else:
        return None
    usage = charging.Usage(unit, scope, quantity, at)
    subscription = SubscriptionId(person.index)
    return charging.UsageRecord(f"{SOURCE}-passing", f"{person.index}-{slot}", subscription, usage)


def _ordinary(draw: Draw, person: Person, days: int, data: int) -> Iterator[_Use]:
    """About six uses a month, each from one number: what, which day and hour, how much."""
    for _ in range(4 + draw.below(5)):
        bits = draw.bits()
        kind = bits & 15 if person.device == "phone" else 0
        day = (bits >> 4 & 0xFFFF) * days >> 16
        hour = _hour(bits >> 20, data=kind < 7)
        yield _use(kind, day * _DAY + hour, data // 4, bits >> 40)


def _lively(draw: Draw, person: Person, days: int, daily_data: int) -> Iterator[_Use]:
    """Several uses a day: the screens of the cast are to be full."""
    for day in range(days):
        bits = draw.bits()
        yield _use(0, day * _DAY + _hour(bits, data=True), daily_data // 2, bits >> 20)
        yield _use(0, day * _DAY + _hour(bits >> 10, data=True), daily_data // 2, bits >> 30)
        if person.device == "phone":
            for _ in range(draw.below(3)):
                bits = draw.bits()
                kind = 7 + (bits & 7)
                yield _use(kind, day * _DAY + _hour(bits >> 4, data=False), 0, bits >> 24)


def _hour(bits: int, *, data: bool) -> int:
    """Seconds of the day: from seven in the morning; data one time in eight at night."""
    if data and not bits & 7:
        return (bits >> 3 & 0xFFFF) * (6 * 3600) >> 16
    return _MORNING + ((bits >> 3 & 0xFFFF) * (_DAY - _MORNING) >> 16)


def _use(kind: int, seconds: int, data: int, bits: int) -> _Use:
    """`data` is the mean of a data session in bytes; sizes are spread evenly around it."""
    part = bits & 0xFFFF
    if kind < 7:
        return seconds, "byte", "home", max(_MEGABYTE, data * (8192 + part) >> 15)
    if kind < 10:
        return seconds, "second", "in_net", 15 + (part * 900 >> 16)
    if kind < 13:
        return seconds, "second", "other_net", 15 + (part * 420 >> 16)
    if kind < 15:
        return seconds, "message", "home", 1
    if (bits >> 16) % _ROAMING_ONE_IN:
        return seconds, "second", "other_net", 15 + (part * 120 >> 16)
    return seconds, "second", "roaming", 15 + (part * 90 >> 16)


def _monthly_bytes(offer: catalog.Offer) -> int:
    """What the tariff gives at home; the usual appetite is somewhat below it."""
    for allowance in offer.allowances:
        if allowance.unit == "byte" and allowance.scope == "home":
            return allowance.quantity or _UNLIMITED_BYTES
    return _UNLIMITED_BYTES
