"""How a fact is written in one language: money, phones, dates, quantities, durations.

Rounding never promises too much: what is left goes down, what was used or must be waited for goes
up, money is not rounded at all. Gaps inside money and phones do not break (U+00A0), the minus is
U+2212.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale

from abonent.kit import Amount, Msisdn
from abonent.wording.catalogue import Catalogue
from abonent.wording.languages import LANGUAGES

Day = date  # inside the class `date` is the name of a format
Unit = Literal["byte", "second", "message"]
Direction = Literal["left", "used"]

_GAP, _HYPHEN, _MINUS = "\u00a0", "\u2011", "\u2212"
_BYTE_STEPS = (("gb", 1024**3), ("mb", 1024**2), ("kb", 1024))


@dataclass(frozen=True)
class Style:
    """What the operator's profile says about writing.

    `currency_signs`: by asset, one sign or one by language ({"BYN": {"ru": "руб.", "en": "BYN"}});
    without a sign the asset's code stands. `phone_pattern`: C for each digit of the country code,
    N for each of the number. The `dial_*` codes and `operator` are standing facts of all texts.
    """

    currency_signs: Mapping[str, str | Mapping[str, str]]
    phone_pattern: str
    time_zone: str
    operator_names: Mapping[str, str]
    languages: tuple[str, ...] = LANGUAGES
    dial_codes: Mapping[str, str] = field(
        default_factory=lambda: {"password": "*111*17#", "balance": "*100#", "menu": "*111#"}
    )

    def sign(self, asset: str, language: str) -> str:
        signs = self.currency_signs.get(asset, asset)
        return signs if isinstance(signs, str) else signs.get(language, asset)

    def operator(self, language: str) -> str:
        names = self.operator_names
        return names.get(language) or next(iter(names.values()))


class Formats:
    """The formats of one language under one style. Instants must be aware."""

    def __init__(self, style: Style, catalogue: Catalogue) -> None:
        self.language = catalogue.language
        self.style = style
        self._catalogue = catalogue
        locale = Locale(self.language)
        symbols = locale.number_symbols["latn"]
        self._group, self._point = symbols["group"], symbols["decimal"]
        self._months: Mapping[int, str] = locale.months["format"]["wide"]
        self._zone = ZoneInfo(style.time_zone)
        self._signs = {asset: style.sign(asset, self.language) for asset in ("BYN", "RUB")}
        self._phone = _phone_template(style.phone_pattern)
        self._phone_digits = sum(style.phone_pattern.count(mark) for mark in "CN")
        self._shown = _shown_when_masked(style.phone_pattern)

    def number(self, n: int | Decimal) -> str:
        """A count with its thousands apart: "44 640"; a fraction with the point of the language."""
        return self._figure(f"{n:f}" if isinstance(n, Decimal) else str(n))

    def money(self, amount: Amount, *, sign: bool = True, short: bool = False) -> str:
        """ "1 234,50 руб.", "−0,0125 руб.", "340 баллов"; `short` drops kopecks that are zero."""
        figure, unit = self.split_money(amount)
        if short and figure.endswith(self._point + "00"):
            figure = figure[:-3]
        return figure + _GAP + unit if sign else figure

    def split_money(self, amount: Amount) -> tuple[str, str]:
        """The figure and its sign apart: ("12,40", "руб.")."""
        figure = self._figure(amount.decimal())
        if amount.asset == "PTS":
            return figure, self._catalogue.form("points", amount.units)
        return figure, self._signs[amount.asset]

    def phone(self, msisdn: Msisdn) -> str:
        """The whole number by the profile's pattern: "+375 (33) 123-45-67"."""
        digits = msisdn.digits
        if len(digits) != self._phone_digits:
            return msisdn.e164
        return self._phone.format(*digits)

    def masked_phone(self, msisdn: Msisdn) -> str:
        """Country and operator code and the last two digits: "+375 (33) •••-••-67"."""
        digits = msisdn.digits
        if len(digits) != self._phone_digits:
            return msisdn.masked
        hidden = len(digits) - self._shown - 2
        return self._phone.format(*digits[: self._shown], *("•" * hidden), *digits[-2:])

    def date(self, d: Day) -> str:
        """ "23.06.2026"; an instant is taken in the operator's zone."""
        d = self._local_date(d)
        return f"{d.day:02}.{d.month:02}.{d.year:04}"

    def day(self, d: Day, today: Day | None = None) -> str:
        """ "5 июля"; with the year when it is not the year of `today`."""
        d = self._local_date(d)
        text = f"{d.day} {self._months[d.month]}"
        if today is not None and self._local_date(today).year != d.year:
            text += f" {d.year}"
        return text

    def last_day(self, end: datetime) -> str:
        """The last day before an instant: what ends at midnight is good through the day before."""
        return self.date(end - timedelta(microseconds=1))

    def moment(self, instant: datetime, now: datetime) -> str:
        """ "14:32" on the day of `now`, else "05.07.2026, 12:03"; in the operator's zone."""
        local = self._local(instant)
        if local.date() == self._local(now).date():
            return f"{local.hour:02}:{local.minute:02}"
        return self.instant(instant)

    def instant(self, instant: datetime) -> str:
        """ "05.07.2026, 12:03", in the operator's zone."""
        local = self._local(instant)
        return f"{self.date(local)}, {local.hour:02}:{local.minute:02}"

    def quantity(self, value: int, unit: Unit, *, direction: Direction = "left") -> str:
        """ "12,4 ГБ", "84 мин", "18 SMS": left rounded down, used rounded up, never seconds."""
        return " ".join(self.split_quantity(value, unit, direction=direction))

    def split_quantity(
        self, value: int, unit: Unit, *, direction: Direction = "left"
    ) -> tuple[str, str]:
        """The figure and its unit apart: ("6,2", "ГБ"). ValueError for a negative value."""
        if value < 0:
            raise ValueError(f"a quantity is not negative: {value} {unit}")
        if unit == "byte":
            tenths, step = _bytes(value, up=direction == "used")
            whole, tenth = divmod(tenths, 10)
            figure = self.number(whole) + (f"{self._point}{tenth}" if tenth else "")
            return figure, self._catalogue.text(f"unit.byte-{step}")
        if unit == "second":
            minutes = _divided(value, 60, up=direction == "used")
            return self.number(minutes), self._catalogue.text("unit.minute")
        return self.number(value), self._catalogue.text("unit.message")

    def duration(self, seconds: float | timedelta) -> str:
        """ "30 секунд", "15 минут", "1 час", "24 часа", rounded up, at least one second.

        In the accusative, as it stands after «через»: «1 минуту».
        """
        if isinstance(seconds, timedelta):
            seconds = seconds.total_seconds()
        whole = max(1, -int(-seconds // 1))
        minutes = _divided(whole, 60, up=True)
        hours = _divided(minutes, 60, up=True)
        if whole < 60:
            return self._counted("second", whole)
        if minutes < 60 or 60 < minutes < 120:
            return self._counted("minute", minutes)
        if hours <= 48:
            return self._counted("hour", hours)
        return self._counted("day", _divided(hours, 24, up=True))

    def _figure(self, decimal: str) -> str:
        whole, _, fraction = decimal.lstrip("-").partition(".")
        figure = f"{int(whole):,}".replace(",", self._group)
        if fraction:
            figure += self._point + fraction
        return _MINUS + figure if decimal.startswith("-") else figure

    def _counted(self, word: str, n: int) -> str:
        return f"{self.number(n)} {self._catalogue.form(f'duration.{word}', n)}"

    def _local(self, instant: datetime) -> datetime:
        if instant.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return instant.astimezone(self._zone)

    def _local_date(self, d: Day) -> Day:
        return self._local(d).date() if isinstance(d, datetime) else d


def _divided(value: int, by: int, *, up: bool) -> int:
    return -(-value // by) if up else value // by


def _bytes(value: int, *, up: bool) -> tuple[int, str]:
    """Tenths of the largest unit that the value fills, and this unit; kilobytes are whole."""
    place = next((n for n, (_, size) in enumerate(_BYTE_STEPS) if value >= size), 2)
    step, size = _BYTE_STEPS[place]
    if step == "kb":
        tenths = 10 * _divided(value, size, up=up)
    else:
        # A tenth of a gigabyte is no whole number of bytes: 12,4 ГБ are 13314398617, and a bucket
        # of just these must not read 12,3. So less than one byte counts for nothing either way.
        tenths = _divided(10 * value + (-9 if up else 9), size, up=up)
    if tenths >= 10 * 1024 and place:
        return 10, _BYTE_STEPS[place - 1][0]
    return (tenths, step) if tenths else (0, "mb")


def _phone_template(pattern: str) -> str:
    """The pattern as a format string: a field for each digit, gaps and hyphens that hold."""
    braced = pattern.replace(" ", _GAP).replace("-", _HYPHEN)
    return "".join("{}" if char in "CN" else char for char in braced)


def _shown_when_masked(pattern: str) -> int:
    """How many digits lead the number openly: the country code and the first group after it."""
    country = pattern.count("C")
    national = pattern[pattern.rindex("C") + 1 :].lstrip(" (-")
    return country + len(national) - len(national.lstrip("N"))
