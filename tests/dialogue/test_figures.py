"""Balance, what is left and tariff, in all languages: true, whole, and on screens that fit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from abonent.catalog import Scope, Unit
from abonent.dialogue.figures import FIGURES
from abonent.dialogue.pages import fits, pages
from abonent.kit import Asset
from abonent.overview import Balance, Bucket, Home, NextCharge, Tariff
from abonent.settings import UssdLink, load
from abonent.wording import Words
from tests.phones import spoken

LINK = UssdLink()
NOW = datetime(2026, 7, 15, 11, 32, tzinfo=UTC)
PROFILES = {code: spoken(load({"ABONENT_PROFILE": code})) for code in ("by", "ru")}
SPOKEN = [(code, language) for code, words in PROFILES.items() for language in words]

HOME = Home(
    tier=1,
    as_of=NOW,
    subscription=1,
    billing_account=1,
    msisdn=375330000001,
    name=None,
    device_kind="phone",
    language="ru",
    status="active",
    time_zone="Europe/Minsk",
    tariff=Tariff("meadow", {"ru": "Луговой"}, 199000, "BYN", "month"),
    balance=Balance("BYN", 473500, 473500),
    buckets=[],
    next_charges=[],
    spent_units=0,
)


def shown(words: Words, step: str, home: Home = HOME) -> str:
    """The figures as one text, however many screens they take."""
    text = FIGURES[step](words, home, NOW)
    for page in pages(text, words("ussd.more"), LINK):
        assert fits(page, LINK), page
    return text


def changed(**changes: object) -> Home:
    return msgspec.structs.replace(HOME, **changes)


@st.composite
def buckets(draw: st.DrawFn) -> list[Bucket]:
    found = []
    for n in range(draw(st.integers(0, 9))):
        total = draw(st.one_of(st.none(), st.integers(1, 2**50)))
        unit: Unit = draw(st.sampled_from(["byte", "second", "message"]))
        remaining = None if total is None else draw(st.integers(0, total))
        scope: Scope = draw(st.sampled_from(["home", "in_net", "other_net", "night", "roaming"]))
        until = NOW + timedelta(days=draw(st.integers(1, 400)))
        found.append(Bucket(n, "meadow", unit, scope, total, remaining, until))
    return found


@pytest.fixture
def ru() -> Words:
    return PROFILES["by"]["ru"]


@hypothesis_settings(deadline=None)
@given(st.sampled_from(SPOKEN), buckets())
def test_no_bucket_is_lost_on_its_way_to_the_screens(
    spoken_in: tuple[str, str], held: list[Bucket]
) -> None:
    profile, language = spoken_in
    words = PROFILES[profile][language]
    text = FIGURES["left"](words, changed(buckets=held), NOW)
    screens = pages(text, words("ussd.more"), LINK)

    assert all(fits(screen, LINK) for screen in screens)
    seen = "".join("\n".join(screens).split())
    for bucket in held:
        figure = words("bucket.unlimited")
        if bucket.remaining is not None:
            figure, _ = words.split_quantity(bucket.remaining, bucket.unit)
        assert "".join(figure.split()) in seen
        assert words.last_day(bucket.valid_until) in seen
    lines = text.split("\n")
    dates = {words.last_day(bucket.valid_until) for bucket in held}
    assert len(lines) == (len(held) + len(dates) if held else 1)


SUMS = st.integers(-(10**13), 10**13)


@hypothesis_settings(deadline=None)
@given(st.sampled_from(SPOKEN), SUMS, SUMS, st.text("Ыы W", max_size=60), st.booleans())
def test_no_sum_is_lost_on_its_way_to_the_screens(
    spoken_in: tuple[str, str], units: int, available: int, name: str, daily: bool
) -> None:
    profile, language = spoken_in
    words = PROFILES[profile][language]
    asset: Asset = "BYN" if profile == "by" else "RUB"
    balance = Balance(asset, units, available)
    tariff = Tariff("t", {language: name}, abs(units), asset, "day" if daily else "month")
    charge = NextCharge("t", {language: name}, asset, abs(units), date(2026, 8, 15))
    home = changed(balance=balance, tariff=tariff, next_charges=[charge])
    for step, sums in (
        ("balance", [balance.amount, balance.available]),
        ("tariff", [tariff.fee] if units else []),
    ):
        screens = pages(FIGURES[step](words, home, NOW), words("ussd.more"), LINK)
        assert all(fits(screen, LINK) for screen in screens)
        seen = "".join("".join(screens).split()).replace("\u2212", "-")
        for amount in sums:
            assert "".join(words.money(amount).split()).replace("\u2212", "-") in seen


def test_a_balance_says_its_moment(ru: Words) -> None:
    assert shown(ru, "balance") == "Баланс 47,35 руб.\nна 14:32"


def test_what_is_available_is_said_when_it_is_another_sum(ru: Words) -> None:
    home = changed(balance=Balance("BYN", 1700, 51700))
    assert shown(ru, "balance", home) == "Баланс 0,17 руб.\nДоступно 5,17 руб.\n14:32"


def test_an_unknown_balance_is_unknown_and_not_nothing(ru: Words) -> None:
    text = shown(ru, "balance", changed(balance=None))
    assert text == ru("ussd.balance-unknown")
    assert "0" not in text


def test_what_is_left_names_each_kind_and_its_last_day_once(ru: Words) -> None:
    until = datetime(2026, 7, 31, 21, tzinfo=UTC)  # midnight in Minsk: the 31st is the last day
    held = [
        Bucket(1, "meadow", "byte", "home", 30 * 1024**3, 12 * 1024**3 + 1024**3 // 2, until),
        Bucket(2, "meadow", "second", "other_net", 6000, 5099, until),
        Bucket(3, "meadow", "second", "in_net", None, None, until),
        Bucket(4, "meadow", "message", "home", 50, 18, until),
        Bucket(5, "night", "byte", "night", 1024**3, 0, until + timedelta(days=3)),
    ]
    assert shown(ru, "left", changed(buckets=held)).split("\n") == [
        "Остатки до 31.07.2026",
        "Интернет 12,5 ГБ",
        "Минуты 84 на другие сети",
        "Минуты безлимит внутри сети",
        "SMS 18",
        "до 03.08.2026",
        "Интернет 0 МБ ночью",
    ]


def test_nothing_left_is_said(ru: Words) -> None:
    assert shown(ru, "left") == "Действующих пакетов нет"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Луговой: 19,90 руб./мес.\nСписание 15.08.2026"),
        ("be", "Луговой: 19,90 руб./мес.\nСпісанне 15.08.2026"),
    ],
)
def test_a_tariff_says_its_fee_and_the_next_date(language: str, text: str) -> None:
    charge = NextCharge("meadow", {}, "BYN", 199000, date(2026, 8, 15))
    other = NextCharge("music", {}, "BYN", 1000, date(2026, 8, 1))
    home = changed(next_charges=[other, charge])
    assert shown(PROFILES["by"][language], "tariff", home) == text


def test_a_tariff_without_a_date_by_the_day_or_without_a_fee_says_so(ru: Words) -> None:
    daily = Tariff("day", {"ru": "Дневной"}, 9000, "BYN", "day")
    free = Tariff("free", {"ru": "Пустой"}, 0, "BYN", "month")
    assert shown(ru, "tariff") == "Тариф Луговой\n19,90 руб. в месяц"
    assert shown(ru, "tariff", changed(tariff=daily)) == "Тариф Дневной\n0,90 руб. в сутки"
    assert shown(ru, "tariff", changed(tariff=free)) == "Тариф Пустой\nБез абонентской платы"


def test_both_profiles_write_their_own_sign() -> None:
    home = changed(balance=Balance("RUB", 473500, 473500))
    assert shown(PROFILES["ru"]["ru"], "balance", home).startswith("Баланс 47,35 ₽")
