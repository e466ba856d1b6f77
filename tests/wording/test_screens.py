"""Every SMS and every screen, filled with the longest facts, fits where it must."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from abonent.kit import Amount
from abonent.wording import USSD_NAME_MAX, Words, fits_ussd, plain, sms_parts

LATEST = "31.12.2026, 23:59"
WAITS_SECONDS = (59, 119, 900, 119 * 60, 24 * 3600, 48 * 3600, 30 * 86400)
SCOPES = ("home", "roaming", "in_net", "other_net", "night")
REASONS = ("empty", "short", "long", "is-number", "common", "operator-name", "not-for-keys")


def longest_facts(words: Words, currency: str) -> dict[str, object]:
    """The most that a subscriber of ours can have, owe and wait."""
    waits = [words.duration(seconds) for seconds in WAITS_SECONDS]
    return {
        "sum": Amount.of("-9999.9999", currency),  # type: ignore[arg-type]
        "available": Amount.of("-9999.9999", currency),  # type: ignore[arg-type]
        "fee": Amount.of("999.99", currency),  # type: ignore[arg-type]
        "time": "23:59",
        "date": "30.09.2026",
        "name": "Ы" * USSD_NAME_MAX if words.language != "en" else "W" * USSD_NAME_MAX,
        "left": words.quantity(10239 * 1024**3 // 10, "byte"),
        "number": words.number(44_640),
        "wait_seconds": max(waits, key=len),
        "code": "000000",
        "minutes": 15,
        "moment": LATEST,
        "channel": max((words(f"channel.{c}") for c in ("web", "ussd", "api", "sms")), key=len),
    }


@pytest.fixture(params=["by-ru", "by-be", "by-en", "ru-ru", "ru-en"])
def filled(
    request: pytest.FixtureRequest, belarus: Mapping[str, Words], russia: Mapping[str, Words]
) -> tuple[Words, dict[str, object]]:
    profile, language = request.param.split("-")
    words = (belarus if profile == "by" else russia)[language]
    return words, longest_facts(words, "BYN" if profile == "by" else "RUB")


def test_every_screen_fits(filled: tuple[Words, dict[str, object]]) -> None:
    words, facts = filled
    for key in words.known():
        if key.startswith("ussd."):
            text = words(key, **facts)
            assert fits_ussd(text), (key, len(text), text)
            assert "{" not in text


def test_a_balance_of_another_day_still_fits(filled: tuple[Words, dict[str, object]]) -> None:
    words, facts = filled
    assert fits_ussd(words("ussd.balance", **{**facts, "time": LATEST}))


def test_a_page_of_what_is_left_holds_its_title_one_line_and_the_way_on(
    filled: tuple[Words, dict[str, object]],
) -> None:
    words, facts = filled
    facts["left"] = max(str(facts["left"]), words("bucket.unlimited"), key=len)
    for unit in ("byte", "second", "message"):
        for scope in SCOPES:
            line = f"{words(f'ussd.left.{unit}', **facts)} {words(f'scope.{scope}')}"
            page = f"{words('ussd.left-title')}\n{plain(line)}\n{words('ussd.more')}"
            assert fits_ussd(page), (page, len(page))
        dated = f"{words(f'ussd.left.{unit}', **facts)} {words('ussd.until', **facts)}"
        assert fits_ussd(f"{plain(dated)}\n{words('ussd.more')}"), dated


def test_a_wrong_entry_and_the_next_question_fit_one_screen(
    filled: tuple[Words, dict[str, object]],
) -> None:
    words, _ = filled
    for reason in REASONS:
        refusal = words(f"ussd.refusal.bad-password.{reason}")
        screen = f"{refusal}\n{words('ussd.password-again')}"
        assert fits_ussd(screen), (screen, len(screen))
    differ = words("ussd.refusal.passwords-differ")
    assert fits_ussd(f"{differ}\n{words('ussd.password-ask')}")
    assert fits_ussd(f"{words('ussd.wrong-key')}\n{words('ussd.menu')}")


def test_every_sms_takes_at_most_two_parts(filled: tuple[Words, dict[str, object]]) -> None:
    words, facts = filled
    texts = {key: words(key, **facts) for key in words.known() if key.startswith("sms.")}
    assert len(texts) >= 4
    for key, text in texts.items():
        assert sms_parts(text) <= 2, (key, len(text))
        assert "{" not in text


def test_a_code_stands_first_in_its_sms_and_is_not_torn(ru: Words) -> None:
    for key in ("sms.code-password", "sms.code-sign-in"):
        assert ru(key, code="123456", minutes=5).startswith("123456 ")


def test_the_menu_says_key_and_word(ru: Words) -> None:
    assert ru("ussd.menu") == "1 Баланс\n2 Остатки\n3 Тариф\n4 Пароль"
