"""Texts are looked up, filled and chosen by number; what is missing is said at once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest

from abonent.kit import Amount, BadNumber, Busy, Msisdn, Refused
from abonent.wording import CatalogueBroken, MissingFact, UnknownText, Words, load
from abonent.wording.catalogue import read


@dataclass(eq=False)
class TooFewRoubles(Refused):
    code: ClassVar[str] = "not-enough"
    missing: Amount


@dataclass(eq=False)
class TooOften(Refused):
    code: ClassVar[str] = "too-many-attempts"
    wait_seconds: int


@dataclass(eq=False)
class Unheard(Refused):
    code: ClassVar[str] = "unheard-of"


def test_refusals_say_what_and_how_much(ru: Words) -> None:
    missing = TooFewRoubles(Amount.of("3.20", "BYN"))
    told = ru.refusal(missing).replace("\u00a0", " ")
    assert told == "Недостаточно средств. Не хватает 3,20 руб."
    assert ru.refusal(TooOften(900)) == "Слишком много попыток. Попробуйте через 15 минут"
    assert ru.refusal(TooOften(60)) == "Слишком много попыток. Попробуйте через 1 минуту"
    assert ru.ussd_refusal(Busy(5)) == "Много запросов. Попробуйте через 5 секунд"
    assert ru.title(missing) == "Недостаточно средств"


def test_a_refusal_with_a_reason_has_a_text_for_each(ru: Words) -> None:
    assert ru.refusal(BadNumber("empty")) == "Введите номер телефона"
    assert ru.title(BadNumber("empty")) == ru.title(BadNumber("long"))


def test_a_refusal_without_a_text_is_an_error_not_a_blank(ru: Words) -> None:
    for ask in (ru.refusal, ru.ussd_refusal, ru.title):
        with pytest.raises(UnknownText, match="unheard-of"):
            ask(Unheard())
    with pytest.raises(UnknownText):
        ru("no-such-text")
    with pytest.raises(UnknownText):
        ru.plural("no-such-text", 1)


def test_facts_are_written_by_their_type(ru: Words) -> None:
    facts: list[tuple[object, str]] = [
        (Amount.of("3.2", "BYN"), "3,20\u00a0руб."),
        (Msisdn("+375331234567"), "+375\u00a0(33)\u00a0123\u201145\u201167"),
        (date(2026, 6, 23), "23.06.2026"),
        (datetime(2026, 7, 5, 9, 3, tzinfo=UTC), "05.07.2026, 12:03"),
        (timedelta(minutes=15), "15 минут"),
        (7, "7"),
        ("как есть", "как есть"),
    ]
    for fact, written in facts:
        assert ru("bucket.valid-until", date=fact) == f"действует до {written}"


@pytest.mark.parametrize("facts", [{}, {"date": None}, {"data": 1}])
def test_a_missing_fact_is_named(ru: Words, facts: dict[str, object]) -> None:
    with pytest.raises(MissingFact, match=r"bucket\.valid-until needs date"):
        ru("bucket.valid-until", **facts)


@pytest.mark.parametrize(
    ("n", "russian", "belarusian", "english"),
    [
        (0, "баллов", "балаў", "points"),
        (1, "балл", "бал", "point"),
        (2, "балла", "балы", "points"),
        (5, "баллов", "балаў", "points"),
        (11, "баллов", "балаў", "points"),
        (14, "баллов", "балаў", "points"),
        (21, "балл", "бал", "points"),
        (22, "балла", "балы", "points"),
        (111, "баллов", "балаў", "points"),
        (1001, "балл", "бал", "points"),
        (Decimal("1.5"), "балла", "бала", "points"),
    ],
)
def test_plurals_follow_each_language(
    belarus: Mapping[str, Words], n: int | Decimal, russian: str, belarusian: str, english: str
) -> None:
    told = {language: words.plural("points", n) for language, words in belarus.items()}
    assert told == {"ru": russian, "be": belarusian, "en": english}


def test_the_operators_codes_stand_in_all_texts_that_name_them(ru: Words) -> None:
    codes = {"password": "*7#", "balance": "*8#", "menu": "*9#"}
    other = load(replace(ru.style, dial_codes=codes))
    assert other["ru"]("channel.ussd") == "*7#"
    assert other["ru"]("ussd.unknown-code") == "Такого кода нет. Наберите *9#"
    assert other["en"].operator == "Vasilek"


def test_only_the_languages_of_the_profile_are_there(russia: Mapping[str, Words]) -> None:
    assert set(russia) == {"ru", "en"}


def test_forty_texts_cost_a_page_less_than_a_third_of_a_millisecond(ru: Words) -> None:
    missing, until = Amount.of("1234.50", "BYN"), date(2026, 6, 23)

    def forty() -> float:
        started = time.perf_counter()
        for _ in range(10):
            ru("ussd.menu")
            ru("refusal.not-enough", missing=missing)
            ru("bucket.valid-until", date=until)
            ru.quantity(13314398617, "byte")
        return time.perf_counter() - started

    assert min(forty() for _ in range(200)) < 0.0003


HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"a": 'msgid "k"\nmsgstr "x"\n', "b": 'msgid "k"\nmsgstr "y"\n'}, "another file"),
        ({"a": 'msgid "k"\nmsgstr "x"\n\nmsgid "k"\nmsgstr "y"\n'}, "given twice: k"),
        ({"a": 'msgid "k"\nmsgstr ""\n'}, "k: empty"),
        ({"a": 'msgid "k"\nmsgstr "{sum"\n'}, "k: "),
        ({"a": 'msgid "k"\nmsgstr "{}"\n'}, "no plain name"),
        ({"a": 'msgid "k"\nmsgstr "{sum.units}"\n'}, "no plain name"),
        ({"a": 'msgid "k"\nmsgstr "{sum:>9}"\n'}, "no plain name"),
        ({"a": 'msgid "A sentence"\nmsgstr "x"\n'}, "no key"),
        ({"a": '#, fuzzy\nmsgid "k"\nmsgstr "x"\n'}, "fuzzy"),
        (
            {"a": 'msgid "k"\nmsgid_plural "k"\nmsgstr[0] "x"\nmsgstr[1] "y"\n'},
            "plural forms|empty",
        ),
        ({"a": 'msgid "k"\nmsgstr broken\n'}, "a.po"),
        ({}, "no texts"),
    ],
)
def test_a_broken_locale_file_is_refused_at_load(
    tmp_path: Path, files: dict[str, str], complaint: str
) -> None:
    folder = tmp_path / "ru"
    folder.mkdir()
    for name, body in files.items():
        (folder / f"{name}.po").write_text(HEAD + body, encoding="utf-8")
    with pytest.raises(CatalogueBroken, match=complaint):
        read("ru", {}, tmp_path)


def test_a_brace_in_the_operators_name_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "ru").mkdir()
    body = HEAD + 'msgid "k"\nmsgstr "{operator} {{x}} {sum}"\n'
    (tmp_path / "ru" / "a.po").write_text(body, encoding="utf-8")
    texts = read("ru", {"operator": "Три {скобки}"}, tmp_path).texts
    assert texts["k"].format(sum=1) == "Три {скобки} {x} 1"
