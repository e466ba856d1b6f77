"""Commands by SMS, in every language and any case."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from abonent import dialogue
from abonent.dialogue.commands import COMMANDS, command
from abonent.storage import Database
from abonent.wording import Words, sms_parts
from tests.dialogue.conftest import Phone


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("БАЛАНС", "balance"),
        (" баланс.\n", "balance"),
        ("«Баланс»", "balance"),
        ("Balance", "balance"),
        ("остаток", "left"),
        ("Остатки", "left"),
        ("АСТАТАК", "left"),
        ("left", "left"),
        ("Помощь", "help"),
        ("дапамога", "help"),
        ("HELP", "help"),
        ("пароль", "password"),
        ("Password", "password"),
        ("", "unknown"),
        ("баланс 1", "unknown"),
        ("куплю слона", "unknown"),
        ("\ud800", "unknown"),
        ("б" * 100_000, "unknown"),
    ],
)
def test_a_command_is_understood_in_any_language_and_case(
    words: Mapping[str, Words], text: str, meant: str
) -> None:
    assert command(words, text) == meant


async def told(phone: Phone, text: str) -> str:
    return await dialogue.answer_sms(phone.db, phone.words, caller=phone.caller, text=text)


async def test_an_sms_answers_with_the_figures_of_the_screens(anna: Phone) -> None:
    assert await told(anna, "баланс") == (await anna.dial("*100#")).text
    left = await told(anna, "остаток")
    for line in ("Интернет 12,5 ГБ", "Минуты 84 на другие сети", "SMS 18", "Остатки до 14.08.2026"):
        assert line in left.split("\n")


async def test_a_password_is_not_set_by_sms_but_told_where(anna: Phone, db: Database) -> None:
    assert (await told(anna, "ПАРОЛЬ")).startswith("Наберите *111*17#")
    assert (await told(anna, "ПАРОЛЬ zeBra27w")).startswith("Такой команды нет")
    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM access.credential") == 0


async def test_help_and_an_unknown_command_name_the_commands(
    anna: Phone, words: Mapping[str, Words]
) -> None:
    for text in ("помощь", "что"):
        answer = await told(anna, text)
        for name in COMMANDS:
            assert words["ru"](f"sms.word.{name}").split()[0] in answer


def test_each_language_has_its_words_and_they_mean_one_thing(
    words: Mapping[str, Words],
) -> None:
    for spoken in words.values():
        for name in COMMANDS:
            for word in spoken(f"sms.word.{name}").split():
                assert command(words, word) == name
            assert sms_parts(spoken("sms.answer.help")) <= 2


async def test_a_blocked_number_is_told_nothing(anna: Phone, db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute("UPDATE subscribers.subscription SET status = 'blocked'")
    with pytest.raises(dialogue.SubscriptionBlocked):
        await told(anna, "баланс")
