"""The alphabet, the parts and the screens are counted as the network counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abonent.wording import fits_ussd, is_gsm7, plain, sms_parts

DEFAULT = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"


def test_the_alphabet_is_whole() -> None:
    assert len(DEFAULT) == 127, "128 places, one of them the escape"
    assert is_gsm7(DEFAULT)
    assert is_gsm7(EXTENSION)
    for stranger in ("Ы", "ў", "ç", "`", "\x1b", "\t", "₽", "–", "«", "\u00a0", "\u2212", "😀"):
        assert not is_gsm7(stranger)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # the pair of the euro sign is not torn apart
        ("ы" * 70, 1),
        ("ы" * 71, 2),
        ("ы" * 134, 2),
        ("ы" * 135, 3),
        ("😀" * 35, 1),
        ("ы" * 66 + "😀" + "ы" * 66, 3),
    ],
)
def test_sms_are_counted_in_septets_or_in_units(text: str, parts: int) -> None:
    assert sms_parts(text) == parts


def test_a_screen_holds_128_latin_or_56_other_characters() -> None:
    assert fits_ussd("a" * 128)
    assert not fits_ussd("a" * 129)
    assert fits_ussd("€" * 64)
    assert not fits_ussd("€" * 65)
    assert fits_ussd("ы" * 56)
    assert not fits_ussd("ы" * 57)
    assert not fits_ussd("ы" + "a" * 56)
    assert fits_ussd("ы" * 60, screen_max_ucs2=70)
    assert not fits_ussd("a" * 100, screen_max_gsm=80)


def test_plain_text_loses_its_typography_and_keeps_its_minus_where_it_costs_nothing() -> None:
    assert plain("−1\u00a0234,50\u00a0руб.") == "−1 234,50 руб."
    assert plain("−1,234.50\u00a0BYN") == "-1,234.50 BYN"
    assert plain("+375\u00a0(33)\u00a0123\u201145\u201167") == "+375 (33) 123-45-67"


@given(text=st.text(max_size=400))
def test_twice_the_text_takes_at_least_as_many_parts(text: str) -> None:
    assert sms_parts(text) <= sms_parts(text + text)
