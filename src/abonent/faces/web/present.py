"""Home as its page says it: figures into sentences, every one with its moment."""

from __future__ import annotations

from datetime import datetime

from abonent.faces.web import views
from abonent.kit import Msisdn
from abonent.overview import Bucket, Forecast, Home, NextCharge, Tariff, forecast
from abonent.wording import Words

_LOW_PERCENT = 20
_RINGS_MAX = 3


def home_view(home: Home, words: Words) -> views.HomeView:
    """The page of one number, in the reader's language."""
    rings, meters = _split(home.buckets)
    untils = {bucket.valid_until for bucket in home.buckets}
    shared = untils.pop() if len(untils) == 1 else None
    charges = home.next_charges
    return views.HomeView(
        number=views.NumberHead(
            home.name or words("home.my-number"),
            words.phone(Msisdn(f"+{home.msisdn}")) if home.msisdn else "",
        ),
        balance=_balance(home, words),
        updated=words("home.updated", time=_clock(home.as_of, words)),
        rings=tuple(_allowance(one, home, words, shared) for one in rings),
        meters=tuple(_allowance(one, home, words, shared) for one in meters),
        packages_until=_until(shared, words) if shared else "",
        next_charge=_next_charge(charges[0] if charges else None, home, words),
        tariff=_tariff(home.tariff, words),
        quiet=words("home.quiet") if home.tier == 0 else "",
    )


def named(names: dict[str, str], words: Words) -> str:
    return names.get(words.language) or next(iter(names.values()))


def _balance(home: Home, words: Words) -> views.Balance:
    at = words("home.at", time=_clock(home.as_of, words))
    known = home.balance
    if known is None:
        return views.Balance(
            "unknown", "—", "", at, words("home.unknown"), words("home.unknown-why")
        )
    total, currency = words.split_money(known.amount)
    available = ""
    if known.available != known.amount:
        available = words("home.available", sum=known.available)
    if home.status == "blocked":
        say, detail = words("home.blocked"), words("home.blocked-why")
        return views.Balance("blocked", total, currency, at, say, detail, available)
    seen = forecast(home)
    if seen is None:
        return views.Balance("plain", total, currency, at, available=available)
    kind, say, detail = _foreseen(seen, home, words)
    return views.Balance(kind, total, currency, at, say, detail, available)


def _foreseen(seen: Forecast, home: Home, words: Words) -> tuple[views.BalanceKind, str, str]:
    per_day = words("home.per-day", sum=seen.per_day) if seen.per_day else ""
    if seen.kind == "short":
        assert seen.on is not None
        ahead = (seen.on - home.today).days
        if ahead == 0:
            return "short", words("home.short-today", sum=seen.missing), per_day
        return "short", words.plural("home.short", ahead, sum=seen.missing), per_day
    if seen.kind == "ends":
        assert seen.on is not None
        day = words.day(seen.on, home.today)
        return "plain", words("home.lasts-until", date=day), per_day
    detail = per_day or words("home.no-spending")
    return "plain", words("home.lasts-long"), detail


def _split(buckets: list[Bucket]) -> tuple[list[Bucket], list[Bucket]]:
    """Rings for the first of data, minutes and SMS at home, in this order; meters for the rest."""
    rings: list[Bucket] = []
    for unit in ("byte", "second", "message"):
        own = [one for one in buckets if one.unit == unit and one.scope not in ("roaming", "night")]
        if own:
            rings.append(min(own, key=lambda one: (one.scope != "home", one.total is None, one.id)))
    rest = [one for one in buckets if one not in rings]
    return rings[:_RINGS_MAX], rest


def _allowance(
    bucket: Bucket, home: Home, words: Words, shared: datetime | None
) -> views.Allowance:
    name = words(f"bucket.{bucket.unit}")
    if bucket.scope != "home":
        name = f"{name} {words(f'scope.{bucket.scope}')}"
    until = "" if shared else _until(bucket.valid_until, words)
    if bucket.total is None or bucket.remaining is None:
        return views.Allowance(name, words("bucket.unlimited-title"), None, until=until)
    left, unit = words.split_quantity(bucket.remaining, bucket.unit)
    total = words.quantity(bucket.total, bucket.unit)
    whole = words.quantity(bucket.remaining, bucket.unit)
    percent = bucket.percent or 0
    return views.Allowance(
        name=name,
        caption=words("bucket.left-of", left=whole, total=total),
        percent=percent,
        left=left,
        unit=unit,
        of=words("home.of", total=total),
        until=until,
        low=percent < _LOW_PERCENT,
    )


def _until(instant: datetime, words: Words) -> str:
    """The last day on which it can be used: a period that ends at midnight ends the day before."""
    return words("bucket.valid-until", date=words.last_day(instant))


def _next_charge(charge: NextCharge | None, home: Home, words: Words) -> views.NextCharge:
    if charge is None:
        return views.NextCharge(words("home.no-charge"), "")
    day = words.day(charge.on, home.today)
    return views.NextCharge(words("home.charge-what", date=day), words.money(charge.amount))


def _tariff(tariff: Tariff, words: Words) -> views.TariffLine:
    name = named(tariff.names, words)
    if not tariff.fee:
        return views.TariffLine(name, words("home.no-fee"))
    return views.TariffLine(name, words(f"home.fee-{tariff.period}", sum=tariff.fee))


def _clock(instant: datetime, words: Words) -> str:
    return words.moment(instant, instant)
