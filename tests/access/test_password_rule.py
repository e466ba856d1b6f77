"""Which passwords may be set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abonent import access
from abonent import settings as configuration
from abonent.access.password_rule import _COMMON, common_pins, normalise
from abonent.kit import Msisdn

ANNA = Msisdn("+375330000001")
LIVELY = Msisdn("+375338264917")
BY = configuration.load({})
RU = configuration.load({"ABONENT_PROFILE": "ru"})


def verdict(password: str, msisdn: Msisdn = LIVELY, settings: configuration.Settings = BY) -> str:
    try:
        access.check_password(password, msisdn=msisdn, settings=settings)
    except access.BadPassword as refusal:
        assert refusal.facts() == {"reason": refusal.reason}
        return refusal.reason
    return "fine"


@pytest.mark.parametrize("password", ["anna2026", "boris2026", "modem2026", "zeBra27w", "otter-55"])
def test_the_passwords_of_the_demo_may_be_set(password: str) -> None:
    assert verdict(password, ANNA) == "fine"


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", "empty"),
        ("x", "short"),
        ("zq7", "short"),
        ("zq7w", "fine"),
        ("zq7w-zq8w-", "fine"),
        ("zq7w-zq8w-z", "long"),
        ("жук-ёж", "fine"),
        ("😀🐘🦉🍋", "fine"),
        ("😀🐘🦉", "short"),
        ("e\u0301e\u0301e\u0300x", "fine"),
        ("e\u0301e\u0301x", "short"),
        ("ﬃﬃx", "fine"),
        ("ﷺ", "long"),
        (" z q ", "fine"),
        ("\ud83d\ude00zq7", "fine"),
        ("\ud83dzq7", "fine"),
    ],
)
def test_length_is_counted_in_characters_after_nfkc(password: str, expected: str) -> None:
    assert verdict(password) == expected


@pytest.mark.parametrize(
    "password",
    [
        "4917",
        "64917",
        "338264917",
        "8264917",
        "826-49-17",
        "0338264917",
        "33 8264917",
        "４９１７",
    ],
)
def test_the_number_and_its_end_are_refused(password: str) -> None:
    assert verdict(password) == "is-number"


@pytest.mark.parametrize("password", ["3826", "82649", "4916", "x4917", "491"])
def test_other_parts_of_the_number_are_not_the_number(password: str) -> None:
    assert verdict(password) != "is-number"


def test_the_number_is_known_in_every_numbering_plan() -> None:
    number = Msisdn("+79168264917")
    assert verdict("9168264917", number, RU) == "is-number"
    assert verdict("4917", number, RU) == "is-number"


@pytest.mark.parametrize("password", ["vasilek", "VASILEK", "Василёк", "василек", "Абонент"])
def test_the_operators_name_is_refused(password: str) -> None:
    assert verdict(password) == "operator-name"


def test_the_operators_name_inside_a_password_is_not_the_name() -> None:
    assert verdict("vasilek9") == "fine"


@pytest.mark.parametrize(
    "password",
    [
        *("password", "Password", "qwerty", "QWERTY", "letmein", "dragon", "iloveyou", "１２３４"),
        *("йцукен", "Пароль", "любовь", "наташа", "привет123", "ghbdtn", "gfhjkm", "1qaz2wsx"),
        *("7777", "0000000000", "1212", "123123", "zzzz", "haha", "хаха", "😀😀😀😀", "12121"),
        *("1234", "4321", "7890", "0987", "2468", "9753", "0123456789", "9876543210", "890123"),
        *("2580", "0852", "1470", "3690", "147258", "147258369", "789456", "123654", "1478"),
        *("1122", "1221", "7788", "1940", "1987", "2026", "2039", "3112", "1231", "2902", "0101"),
    ],
)
def test_what_guessers_try_first_is_refused(password: str) -> None:
    assert verdict(password) == "common"


@pytest.mark.parametrize(
    "password", ["1739", "8043", "7193", "9051", "4826", "1939", "2040", "3102", "271828", "z2580"]
)
def test_what_follows_no_rule_may_be_set(password: str) -> None:
    assert verdict(password) == "fine"


def test_about_a_thousand_of_the_ten_thousand_pins_are_refused() -> None:
    refused = [pin for pin in range(10_000) if verdict(f"{pin:04}") == "common"]
    assert 900 <= len(refused) <= 1200
    assert all(verdict(pin) in {"common", "is-number"} for pin in common_pins())


def test_three_thousand_common_passwords_are_refused() -> None:
    listed = _COMMON.read_text(encoding="utf-8").split()
    assert len(listed) == len(set(listed)) >= 3000
    assert all(4 <= len(word) <= 10 and word == word.casefold() for word in listed)
    assert all(verdict(word) in {"common", "operator-name"} for word in listed)


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("zeBra27w", "fine"),
        ("ze ra_27", "fine"),
        ("z€bra27", "fine"),
        ("ze*ra27", "not-for-keys"),
        ("zebra27#", "not-for-keys"),
        ("зебра27", "not-for-keys"),
        ("zebra\n27", "not-for-keys"),
        ("zebra`27", "not-for-keys"),
        ("1234", "common"),
        ("", "empty"),
    ],
)
def test_what_is_dialled_must_fit_into_a_ussd_string(password: str, expected: str) -> None:
    try:
        access.check_keypad_password(password, msisdn=LIVELY, settings=BY)
    except access.BadPassword as refusal:
        assert refusal.reason == expected
    else:
        assert expected == "fine"


@given(st.text(st.characters(), max_size=14))
def test_any_text_gets_a_verdict_and_its_normal_form_gets_the_same(text: str) -> None:
    assert verdict(text) == verdict(normalise(text))
    normalise(text).encode()
