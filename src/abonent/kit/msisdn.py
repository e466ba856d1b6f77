"""Phone numbers as people write them, read into E.164.

An `Msisdn` masks itself in `str()` and `repr()`, so that a log line or an error cannot carry a
whole number by accident; whoever really needs the digits says `.e164`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Literal

import phonenumbers

from abonent.kit.refused import Refused

Wrong = Literal["empty", "letters", "short", "long", "country"]

_ALLOWED = re.compile(r"[0-9+()\s.\-\u00a0\u2010-\u2015\u202f]*\Z")
_TEXT_MAX = 64


@dataclass(frozen=True, slots=True)
class Msisdn:
    """A number in E.164: "+375330000001"."""

    e164: str

    @property
    def digits(self) -> str:
        return self.e164[1:]

    @property
    def masked(self) -> str:
        """Country code and the last two digits: "+375*******01"."""
        return f"{self.e164[:4]}{'*' * max(0, len(self.e164) - 6)}{self.e164[-2:]}"

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Msisdn({self.masked})"


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """Which numbers belong to this country: region for the library, country code, length."""

    region: str
    country_code: str
    national_digits: int


@dataclass(eq=False)
class BadNumber(Refused):
    """The text is no phone number of this country; `reason` says what is wrong with it."""

    code: ClassVar[str] = "bad-number"
    reason: Wrong


def parse_msisdn(text: str, plan: NumberingPlan) -> Msisdn:
    """Read «33 000-00-01», «8 033 …», «+375 (33) …». Refuses with `BadNumber`."""
    text = text.strip()
    if not text:
        raise BadNumber("empty")
    if not _ALLOWED.match(text):
        raise BadNumber("letters")
    if len(text) > _TEXT_MAX:
        raise BadNumber("long")
    return Msisdn(_e164(text, plan))


def _e164(text: str, plan: NumberingPlan) -> str:
    digits = re.sub(r"[^0-9]", "", text)
    bare = digits.startswith(plan.country_code) and len(digits) > plan.national_digits
    if bare and not text.startswith("+"):
        text = f"+{digits}"
    try:
        number = phonenumbers.parse(text, plan.region)
    except phonenumbers.NumberParseException as error:
        raise BadNumber(_reason(error.error_type)) from None
    if str(number.country_code) != plan.country_code:
        raise BadNumber("country")
    national = phonenumbers.national_significant_number(number)
    if len(national) != plan.national_digits:
        raise BadNumber("short" if len(national) < plan.national_digits else "long")
    return f"+{plan.country_code}{national}"


def _reason(error_type: int) -> Wrong:
    kinds = phonenumbers.NumberParseException
    if error_type == kinds.TOO_LONG:
        return "long"
    if error_type == kinds.INVALID_COUNTRY_CODE:
        return "country"
    return "short"
