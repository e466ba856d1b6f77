"""Money, phones, dates, quantities and durations come out exactly as the subscriber reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abonent.kit import SCALES, Amount, Asset, Msisdn
from abonent.wording import Direction, Words

GAP, MINUS, HYPHEN = "\u00a0", "\u2212", "\u2011"
GB = 1024**3


def spaced(text: str) -> str:
    return text.replace(GAP, " ").replace(HYPHEN, "-")


@pytest.mark.parametrize(
    ("decimal", "asset", "russian", "english"),
    [
        ("1234.50", "BYN", "1 234,50 руб.", "1,234.50 BYN"),
        ("0.00", "BYN", "0,00 руб.", "0.00 BYN"),
        ("12.4", "BYN", "12,40 руб.", "12.40 BYN"),
        ("-3.2", "BYN", "−3,20 руб.", "−3.20 BYN"),
        ("-0.0125", "BYN", "−0,0125 руб.", "−0.0125 BYN"),
        ("1.0030", "BYN", "1,0030 руб.", "1.0030 BYN"),
        ("1234567.89", "BYN", "1 234 567,89 руб.", "1,234,567.89 BYN"),
        ("340", "PTS", "340 баллов", "340 points"),
        ("1", "PTS", "1 балл", "1 point"),
        ("-22", "PTS", "−22 балла", "−22 points"),
        ("12345", "PTS", "12 345 баллов", "12,345 points"),
    ],
)
def test_money_is_written_in_full(
    ru: Words, en: Words, decimal: str, asset: Asset, russian: str, english: str
) -> None:
    amount = Amount.of(decimal, asset)
    assert spaced(ru.money(amount)) == russian
    assert spaced(en.money(amount)) == english
    assert " " not in ru.money(amount), "the gaps of money do not break"


def test_money_comes_without_its_sign_or_without_zero_kopecks(ru: Words) -> None:
    assert ru.money(Amount.of("1234.50", "BYN"), sign=False) == f"1{GAP}234,50"
    assert ru.money(Amount.of("25", "BYN"), short=True) == f"25{GAP}руб."
    assert ru.money(Amount.of("25.5", "BYN"), short=True) == f"25,50{GAP}руб."
    assert ru.money(Amount.of("100", "PTS"), short=True) == f"100{GAP}баллов"
    assert ru.split_money(Amount.of("12.4", "BYN")) == ("12,40", "руб.")


def test_the_sign_of_money_is_the_profiles(russia: Mapping[str, Words], be: Words) -> None:
    amount = Amount.of("1234.50", "RUB")
    assert russia["ru"].money(amount) == f"1{GAP}234,50{GAP}₽"
    assert russia["en"].money(amount) == f"1,234.50{GAP}RUB"
    assert be.money(amount) == f"1{GAP}234,50{GAP}RUB", "without a sign the code stands"


@given(
    units=st.integers(-(10**15), 10**15),
    asset=st.sampled_from(["BYN", "RUB", "PTS"]),
    language=st.sampled_from(["ru", "be", "en"]),
)
def test_the_text_of_money_says_its_units_to_the_last(
    belarus: Mapping[str, Words], units: int, asset: Asset, language: str
) -> None:
    text = belarus[language].money(Amount(units, asset), sign=False)
    group, point = (",", ".") if language == "en" else (GAP, ",")
    read = Decimal(text.replace(MINUS, "-").replace(group, "").replace(point, "."))
    assert read.scaleb(SCALES[asset]) == units


def test_a_phone_follows_the_profiles_pattern(ru: Words, russia: Mapping[str, Words]) -> None:
    ours, theirs = Msisdn("+375331234567"), Msisdn("+79161234567")
    assert spaced(ru.phone(ours)) == "+375 (33) 123-45-67"
    assert ru.phone(ours) == f"+375{GAP}(33){GAP}123{HYPHEN}45{HYPHEN}67"
    assert spaced(russia["ru"].phone(theirs)) == "+7 916 123-45-67"
    assert spaced(ru.masked_phone(ours)) == "+375 (33) •••-••-67"
    assert spaced(russia["ru"].masked_phone(theirs)) == "+7 916 •••-••-67"


def test_a_phone_of_another_length_stands_in_its_digits(ru: Words) -> None:
    assert ru.phone(Msisdn("+79161234567")) == "+79161234567"
    assert "9161234" not in ru.masked_phone(Msisdn("+79161234567"))


MONTHS = {
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "be": "студзеня лютага сакавіка красавіка мая чэрвеня ліпеня жніўня верасня кастрычніка "
    "лістапада снежня",
    "en": "January February March April May June July August September October November December",
}


@pytest.mark.parametrize("language", ["ru", "be", "en"])
def test_dates_are_the_same_everywhere_and_months_have_their_names(
    belarus: Mapping[str, Words], language: str
) -> None:
    words = belarus[language]
    assert words.date(date(2026, 6, 3)) == "03.06.2026"
    for month, name in enumerate(MONTHS[language].split(), 1):
        assert words.day(date(2026, month, 5)) == f"5 {name}"
    assert words.day(date(2026, 7, 5), today=date(2026, 1, 1)) == words.day(date(2026, 7, 5))
    assert words.day(date(2027, 7, 5), today=date(2026, 1, 1)).endswith(" 2027")


def test_moments_stand_in_the_operators_zone(ru: Words) -> None:
    now = datetime(2026, 7, 5, 21, 30, tzinfo=UTC)  # half past midnight of the 6th in Minsk
    assert ru.moment(now, now) == "00:30"
    assert ru.moment(now - timedelta(minutes=31), now) == "05.07.2026, 23:59"
    assert ru.instant(datetime(2026, 7, 5, 9, 3, tzinfo=UTC)) == "05.07.2026, 12:03"
    assert ru.date(now) == "06.07.2026"
    assert ru.day(now) == "6 июля"
    with pytest.raises(ValueError, match="zone"):
        ru.instant(datetime(2026, 7, 5))


@pytest.mark.parametrize(
    ("value", "unit", "left", "used"),
    [
        (13314398617, "byte", "12,4 ГБ", "12,4 ГБ"),
        (13314398616, "byte", "12,3 ГБ", "12,4 ГБ"),
        (30 * GB, "byte", "30 ГБ", "30 ГБ"),
        (GB - 1, "byte", "1 023,9 МБ", "1 ГБ"),
        (1536 * 1024, "byte", "1,5 МБ", "1,5 МБ"),
        (1536, "byte", "1 КБ", "2 КБ"),
        (1, "byte", "0 МБ", "1 КБ"),
        (0, "byte", "0 МБ", "0 МБ"),
        (2000 * GB, "byte", "2 000 ГБ", "2 000 ГБ"),
        (84 * 60, "second", "84 мин", "84 мин"),
        (84 * 60 + 1, "second", "84 мин", "85 мин"),
        (59, "second", "0 мин", "1 мин"),
        (44_640 * 60, "second", "44 640 мин", "44 640 мин"),
        (18, "message", "18 SMS", "18 SMS"),
    ],
)
def test_quantities_are_rounded_against_surprises(
    ru: Words, value: int, unit: str, left: str, used: str
) -> None:
    assert spaced(ru.quantity(value, unit)) == left  # type: ignore[arg-type]
    assert spaced(ru.quantity(value, unit, direction="used")) == used  # type: ignore[arg-type]


def test_a_quantity_comes_apart_for_the_ring(ru: Words, be: Words, en: Words) -> None:
    value = GB * 62 // 10
    assert ru.split_quantity(value, "byte") == ("6,2", "ГБ")
    assert be.split_quantity(84 * 60, "second") == ("84", "мін")
    assert en.split_quantity(value, "byte") == ("6.2", "GB")
    with pytest.raises(ValueError, match="not negative"):
        ru.quantity(-1, "byte")


@given(value=st.integers(0, 10**16), direction=st.sampled_from(["left", "used"]))
def test_what_is_left_is_never_overstated_and_what_was_used_never_understated(
    en: Words, value: int, direction: Direction
) -> None:
    figure, unit = en.split_quantity(value, "byte", direction=direction)
    size = {"GB": GB, "MB": 1024**2, "KB": 1024}[unit]
    shown = Decimal(figure.replace(",", "")) * size
    step = size if unit == "KB" else Decimal(size) / 10
    if direction == "left":
        assert shown < value + 1
        assert value - shown < step
    else:
        assert shown > value - 1
        assert shown - value < step + 1


@pytest.mark.parametrize(
    ("seconds", "russian", "belarusian", "english"),
    [
        (30, "30 секунд", "30 секунд", "30 seconds"),
        (0, "1 секунду", "1 секунду", "1 second"),
        (59.2, "1 минуту", "1 хвіліну", "1 minute"),
        (61, "2 минуты", "2 хвіліны", "2 minutes"),
        (900, "15 минут", "15 хвілін", "15 minutes"),
        (21 * 60, "21 минуту", "21 хвіліну", "21 minutes"),
        (3600, "1 час", "1 гадзіну", "1 hour"),
        (3601, "61 минуту", "61 хвіліну", "61 minutes"),
        (24 * 3600, "24 часа", "24 гадзіны", "24 hours"),
        (5 * 24 * 3600, "5 дней", "5 дзён", "5 days"),
    ],
)
def test_a_wait_is_rounded_up_and_stands_after_its_preposition(
    belarus: Mapping[str, Words], seconds: float, russian: str, belarusian: str, english: str
) -> None:
    told = {language: words.duration(seconds) for language, words in belarus.items()}
    assert told == {"ru": russian, "be": belarusian, "en": english}
    assert belarus["ru"].duration(timedelta(seconds=seconds)) == russian


@given(seconds=st.integers(1, 10**7))
def test_a_wait_is_never_told_shorter_than_it_is(en: Words, seconds: int) -> None:
    count, word = en.duration(seconds).split()
    sizes = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
    assert int(count.replace(",", "")) * sizes[word.rstrip("s")] >= seconds
