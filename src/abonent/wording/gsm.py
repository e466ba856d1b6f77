"""What a button phone can show: the GSM alphabet, the parts of an SMS, the screen of a dialogue.

Source: 3GPP TS 23.038 (default alphabet, table 6.2.1, and its extension, 6.2.1.1) and TS 23.040
(concatenation: 153 septets or 67 UCS-2 units a part once there are several).
"""

from __future__ import annotations

_BASE = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM = _BASE | _EXTENSION

_SMS_SEPTETS, _PART_SEPTETS = 160, 153
_SMS_UNITS, _PART_UNITS = 70, 67

_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2011": "-"})


def is_gsm7(text: str) -> bool:
    """Whether every character is in the GSM 7-bit default alphabet or its extension."""
    return _GSM.issuperset(text)


def plain(text: str) -> str:
    """The same text without the typography that old phones draw as boxes.

    Non-breaking gaps and hyphens become ordinary ones. The minus U+2212 stays, except where it
    alone would turn a Latin text into UCS-2 and halve its screen.
    """
    text = text.translate(_SPACES)
    latin = text.replace("\u2212", "-")
    return latin if is_gsm7(latin) else text


def sms_parts(text: str) -> int:
    """How many SMS the text takes. No character is torn between two parts."""
    if is_gsm7(text):
        return _parts([_septets(char) for char in text], _SMS_SEPTETS, _PART_SEPTETS)
    return _parts([_units(char) for char in text], _SMS_UNITS, _PART_UNITS)


def fits_ussd(text: str, screen_max_gsm: int = 128, screen_max_ucs2: int = 56) -> bool:
    """Whether the text fits one screen: so many septets, or so many UCS-2 units."""
    if is_gsm7(text):
        return sum(map(_septets, text)) <= screen_max_gsm
    return sum(map(_units, text)) <= screen_max_ucs2


def _septets(char: str) -> int:
    return 2 if char in _EXTENSION else 1


def _units(char: str) -> int:
    return 2 if ord(char) > 0xFFFF else 1


def _parts(costs: list[int], whole: int, part: int) -> int:
    if sum(costs) <= whole:
        return 1
    parts, room = 1, part
    for cost in costs:
        if cost > room:
            parts, room = parts + 1, part
        room -= cost
    return parts
