"""Codes and the menu: what is dialled, what is pressed, what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

import pytest

from abonent import dialogue, subscribers
from abonent.dialogue.model import TRANSITIONS
from abonent.storage import Database
from abonent.wording import Words
from tests.dialogue.conftest import Phone
from tests.phones import over_gateway

MENU = "1 Баланс\n2 Остатки\n3 Тариф\n4 Пароль"


async def test_the_balance_code_answers_at_once_and_leaves_nothing_open(
    anna: Phone, db: Database
) -> None:
    screen = await anna.dial("*100#")
    assert (screen.text, screen.ends) == ("Баланс 47,35 руб.\nна 14:32", True)
    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM dialogue.dialogue") == 0


async def test_the_menu_leads_to_every_figure(anna: Phone) -> None:
    for key, text in {
        "1": "Баланс 47,35 руб.\nна 14:32",
        "3": "Луговой: 19,90 руб./мес.\nСписание 15.08.2026",
    }.items():
        screen = await anna.dial("*111#")
        assert (screen.text, screen.ends) == (MENU, False)
        screen = await anna.press(f" {key} ")
        assert (screen.text, screen.ends) == (text, True)


async def test_what_is_left_goes_on_page_by_page_to_the_last_bucket(anna: Phone) -> None:
    await anna.dial("*111#")
    screen = await anna.press("2")
    texts = [screen.text]
    while not screen.ends:
        assert screen.text.endswith("\n0 Ещё")
        screen = await anna.press("0")
        texts.append(screen.text)
    lines = "\n".join(texts).replace("\n0 Ещё", "").split("\n")
    assert sorted(lines) == sorted(
        [
            "Остатки до 14.08.2026",
            "Интернет 12,5 ГБ",
            "Минуты безлимит внутри сети",
            "Минуты 84 на другие сети",
            "SMS 18",
            "Интернет 300 МБ в роуминге",
        ]
    )
    assert len(texts) > 1


async def test_a_wrong_key_is_told_and_the_same_screen_comes_again(anna: Phone) -> None:
    await anna.dial("*111#")
    for wrong in ("5", "", "0", "11", "балан", "*100#", "\ud800", "9" * 182):
        screen = await anna.press(wrong)
        assert (screen.text, screen.ends) == (f"Нет такого пункта\n{MENU}", False)
    assert (await anna.press("1")).text.startswith("Баланс")


async def test_a_wrong_key_on_a_page_shows_this_page_again(anna: Phone) -> None:
    await anna.dial("*111#")
    page = (await anna.press("2")).text
    again = await anna.press("7")
    assert again.text.removeprefix("Нет такого пункта\n") == page
    assert (await anna.press("0")).text != page


@pytest.mark.parametrize("code", ["*999#", "", "100", "*111*1#", "#", "*100", "*111*17"])
async def test_an_unknown_code_is_told_and_ends(anna: Phone, code: str) -> None:
    screen = await anna.dial(code)
    assert (screen.text, screen.ends) == ("Такого кода нет. Наберите *111#", True)


async def test_the_menu_speaks_the_language_that_was_chosen(
    anna: Phone, db: Database, words: Mapping[str, Words]
) -> None:
    for language, menu in (
        ("be", "1 Баланс\n2 Астаткі\n3 Тарыф\n4 Пароль"),
        ("en", "1 Balance\n2 What is left\n3 Tariff\n4 Password"),
    ):
        phone = Phone(db, words, replace(anna.caller, language=language))
        assert (await phone.dial("*111#")).text == menu


async def test_a_link_that_does_not_prove_the_sim_offers_no_password(
    anna: Phone, db: Database, words: Mapping[str, Words]
) -> None:
    claimed = Phone(db, words, over_gateway(anna.caller))
    assert (await claimed.dial("*111#")).text == "1 Баланс\n2 Остатки\n3 Тариф"
    assert (await claimed.press("4")).text.startswith("Нет такого пункта")
    for code in ("*111*17#", "*111*17*zeBra27w#"):
        screen = await claimed.dial(code)
        assert screen.ends
        assert "Наберите *111*17# с SIM" in screen.text


@pytest.mark.parametrize(
    ("status", "refusal"),
    [("blocked", dialogue.SubscriptionBlocked), ("closed", dialogue.SubscriptionClosed)],
)
async def test_a_number_that_is_blocked_or_closed_opens_nothing(
    anna: Phone, db: Database, status: str, refusal: type[Exception]
) -> None:
    await anna.dial("*111#")
    async with db.transaction() as tx:
        await tx.execute(
            """UPDATE subscribers.subscription SET status = $1,
                      closed_at = CASE WHEN $1 = 'closed' THEN $2::timestamptz END""",
            status,
            tx.now,
        )
    for key in ("1", "2", "3", "4", "5"):
        with pytest.raises(refusal):
            await anna.press(key)
    for code in ("*100#", "*111#", "*111*17#", "*111*17*zeBra27w#"):
        with pytest.raises(refusal):
            await anna.dial(code)


async def test_a_repeated_first_request_opens_the_same_dialogue_once(
    anna: Phone, db: Database
) -> None:
    mine = uuid4()
    assert await anna.dial("*111#", mine) == await anna.dial("*111#", mine)
    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM dialogue.dialogue") == 1


async def test_the_language_of_a_subscriber_who_wants_another_one_still_works(
    anna: Phone, db: Database, words: Mapping[str, Words]
) -> None:
    await db.run(subscribers.choose_language, subscription=anna.caller.subscription, language="en")
    foreign = Phone(db, words, replace(anna.caller, language="fr"))
    assert (await foreign.dial("*111#")).text == MENU


def test_every_line_of_the_menu_has_its_transition(words: Mapping[str, Words]) -> None:
    for spoken in words.values():
        keys = [line.split(" ")[0] for line in spoken("ussd.menu").split("\n")]
        assert keys == [key for step, key in TRANSITIONS if step == "menu"]
