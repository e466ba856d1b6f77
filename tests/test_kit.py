"""The small values: exact money, numbers as people write them, secrets that mask themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abonent.kit import (
    Amount,
    BadNumber,
    Keys,
    Msisdn,
    NumberingPlan,
    SealBroken,
    Secret,
    parse_msisdn,
)

BELARUS = NumberingPlan("BY", "375", 9)
RUSSIA = NumberingPlan("RU", "7", 10)
KEYS = Keys({"1": b"p" * 32}, "1", b"d" * 32, b"s" * 32)


@pytest.mark.parametrize(
    "typed",
    [
        "330000001",
        "33 000-00-01",
        "(33) 000 00 01",
        "80330000001",
        "8 033 000-00-01",
        "375330000001",
        "+375330000001",
        "+375 (33) 000-00-01",
        "\u00a033\u00a0000\u201100\u201101 ",
    ],
)
def test_a_number_is_read_in_every_usual_spelling(typed: str) -> None:
    assert parse_msisdn(typed, BELARUS) == Msisdn("+375330000001")


@pytest.mark.parametrize("typed", ["9161234567", "89161234567", "+7 916 123-45-67", "79161234567"])
def test_a_russian_number_is_read_under_the_russian_plan(typed: str) -> None:
    assert parse_msisdn(typed, RUSSIA) == Msisdn("+79161234567")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("33000000a", "letters"),
        ("номер", "letters"),
        ("33\x00", "letters"),
        ("123", "short"),
        ("1" * 40, "long"),
        ("1" * 400, "long"),
        ("+79161234567", "country"),
        ("+380501234567", "country"),
    ],
)
def test_a_wrong_number_says_what_is_wrong_with_it(typed: str, reason: str) -> None:
    with pytest.raises(BadNumber) as refused:
        parse_msisdn(typed, BELARUS)
    assert refused.value.facts() == {"reason": reason}


@given(st.text(max_size=50))
def test_no_text_at_all_breaks_the_reading(text: str) -> None:
    try:
        number = parse_msisdn(text, BELARUS)
    except BadNumber:
        return
    assert len(number.digits) == 12
    assert number.digits.startswith("375")


def test_a_number_masks_itself_wherever_it_is_printed() -> None:
    number = Msisdn("+375330000001")
    assert "330000" not in f"{number} {number!r} {[number]}"


def test_a_secret_masks_itself_wherever_it_is_printed() -> None:
    secret = Secret("anna2026")
    assert "anna" not in f"{secret} {secret!r} {secret:>20} {[secret]} {(secret,)!s}"
    assert secret.reveal() == "anna2026"


@given(st.integers(-(10**15), 10**15))
def test_money_as_text_is_exact(units: int) -> None:
    amount = Amount(units, "BYN")
    assert Amount.of(amount.decimal(), "BYN") == amount


@pytest.mark.parametrize(
    ("units", "text"),
    [(124000, "12.40"), (124050, "12.4050"), (-1700, "-0.17"), (1, "0.0001"), (0, "0.00")],
)
def test_money_shows_finer_decimals_only_when_there_are_any(units: int, text: str) -> None:
    assert Amount(units, "BYN").decimal() == text


def test_different_assets_do_not_mix() -> None:
    with pytest.raises(TypeError):
        _ = Amount(1, "BYN") + Amount(1, "PTS")


def test_a_sealed_text_opens_only_in_its_own_context() -> None:
    sealed = KEYS.seal("123456", "outbox:1")
    assert b"123456" not in sealed
    assert KEYS.open(sealed, "outbox:1") == "123456"
    with pytest.raises(SealBroken):
        KEYS.open(sealed, "outbox:2")


def test_a_digest_serves_one_purpose() -> None:
    assert KEYS.digest("code", "1") != KEYS.digest("number", "1")
    assert KEYS.digest("code", "1", "2") != KEYS.digest("code", "12")
