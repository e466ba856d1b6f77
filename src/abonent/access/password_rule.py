"""Which passwords may be set: one rule, in every channel.

Four to ten characters leave no room for a good password, so the rule takes away the ones that
guessers try first: the number itself, the operator's name, the passwords that leaks show to be the
most common, and the digits that a thumb finds by itself. `common_passwords.txt` holds the 3000 most
common of fitting length, and what is typed most by those who write Russian.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path

from abonent.access.model import BadPassword
from abonent.kit import Msisdn
from abonent.settings import Settings

SHORTEST = 4
LONGEST = 10

_COMMON = Path(__file__).with_name("common_passwords.txt")
_SEPARATORS = str.maketrans("", "", " +()-.")
_LINES = (
    *("2580", "1470", "3690", "7410", "8520", "9630"),  # columns, with the zero below them
    *("147", "258", "369", "123", "456", "789", "159", "357"),
    *("1478", "1236", "1258", "1596", "1593"),
)
# The alphabet that every phone can send in a USSD string (GSM 03.38 and its extension), without
# the two characters that end the string.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
_FOR_KEYS = _GSM - frozenset("*#\n\r")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_YEARS = range(1940, 2040)


def normalise(text: str) -> str:
    """The form that is compared: NFKC, so that all keyboards spell one password alike.

    Half of a surrogate pair is no character and cannot be encoded; it becomes U+FFFD.
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFKC", whole)


def check_password(password: str, *, msisdn: Msisdn, settings: Settings) -> None:
    """Refuse a password that may not be set, with BadPassword and the first reason."""
    text = normalise(password)
    if not text:
        raise BadPassword("empty")
    if len(text) < SHORTEST:
        raise BadPassword("short")
    if len(text) > LONGEST:
        raise BadPassword("long")
    if _is_number(text, msisdn, settings.operator.numbering.national_digits):
        raise BadPassword("is-number")
    folded = text.casefold()
    if folded in {normalise(name).casefold() for name in settings.operator.password.own_names}:
        raise BadPassword("operator-name")
    if folded in _common() or _is_pattern(folded):
        raise BadPassword("common")


def check_keypad_password(password: str, *, msisdn: Msisdn, settings: Settings) -> None:
    """The same, for a password that is dialled: it must fit into a USSD string."""
    check_password(password, msisdn=msisdn, settings=settings)
    if not _FOR_KEYS.issuperset(normalise(password)):
        raise BadPassword("not-for-keys")


def _is_number(text: str, msisdn: Msisdn, national_digits: int) -> bool:
    digits = text.translate(_SEPARATORS)
    if len(digits) < SHORTEST or not (digits.isascii() and digits.isdigit()):
        return False
    return msisdn.digits.endswith(digits) or digits.endswith(msisdn.digits[-national_digits:])


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


def _is_pattern(text: str) -> bool:
    if _is_repeat(text):
        return True
    if not (text.isascii() and text.isdigit()):
        return False
    return _is_walk(text) or _is_line(text) or (len(text) == SHORTEST and text in common_pins())


def _is_repeat(text: str) -> bool:
    """One piece again and again: 7777, 1212, 123123, but also a piece that is cut off (12121)."""
    return any(
        all(text[at] == text[at % piece] for at in range(len(text)))
        for piece in range(1, len(text) // 2 + 1)
    )


def _is_walk(digits: str) -> bool:
    """A steady step up or down, round the corner too: 1234, 9876, 7890, 2468."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    return len(steps) == 1 and steps <= {1, 2, 8, 9}


def _is_line(digits: str) -> bool:
    """Keys of one or two lines of the keypad, along each: 2580, 1470, 147258, 123654."""
    lines = {*_LINES, *(line[::-1] for line in _LINES)}
    return digits in lines or any(
        digits[:cut] in lines and (digits[cut:] in lines or digits[cut:] in digits[:cut])
        for cut in (3, 4)
    )


@cache
def common_pins() -> frozenset[str]:
    """The four digits that people choose by a rule: pairs, mirrors, years, days of the year."""
    pins = {f"{a}{a}{b}{b}" for a in range(10) for b in range(10)}
    pins |= {f"{a}{b}{b}{a}" for a in range(10) for b in range(10)}
    pins |= {str(year) for year in _YEARS}
    for month, days in enumerate(_DAYS, start=1):
        for day in range(1, days + 1):
            pins |= {f"{day:02}{month:02}", f"{month:02}{day:02}"}
    return frozenset(pins)
