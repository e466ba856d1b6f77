"""Requests of links: who calls is found, refusals and failures become screens, nothing is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from abonent.faces.ussd import LINKS, incoming_sms, request
from abonent.kit import Msisdn
from abonent.settings import Settings
from abonent.storage import Database
from abonent.wording import Words
from tests.phones import ANNA, PASSWORD, STRANGER, open_phone, spoken


@pytest.fixture
def words(settings: Settings) -> Mapping[str, Words]:
    return spoken(settings)


async def dialled(
    db: Database, words: Mapping[str, Words], text: str, msisdn: Msisdn = ANNA
) -> str:
    reply = await request(db, words, link="demo", msisdn=msisdn, text=text)
    return f"{reply.text}{' END' if reply.ends else ''}"


async def test_a_known_number_is_answered_in_its_own_language(
    db: Database, words: Mapping[str, Words]
) -> None:
    await open_phone(db, language="be")
    assert await dialled(db, words, "*111#") == "1 Баланс\n2 Астаткі\n3 Тарыф\n4 Пароль"


async def test_a_dialogue_goes_on_under_its_id(db: Database, words: Mapping[str, Words]) -> None:
    await open_phone(db)
    mine = uuid4()
    gone = await request(db, words, link="demo", msisdn=ANNA, text="1", dialogue=mine)
    assert (gone.dialogue, gone.ends) == (mine, True)
    assert gone.text == "Время ответа вышло. Наберите код ещё раз"

    menu = await request(db, words, link="demo", msisdn=ANNA, text="*111#")
    shown = await request(db, words, link="demo", msisdn=ANNA, text="1", dialogue=menu.dialogue)
    assert (shown.dialogue, shown.ends) == (menu.dialogue, True)
    assert shown.text.startswith("Баланс 47,35 руб.")


async def test_a_number_that_is_not_ours_is_told_so_and_opens_nothing(
    db: Database, words: Mapping[str, Words]
) -> None:
    for text in ("*100#", "*111#", f"*111*17*{PASSWORD}#", "1"):
        answer = await dialled(db, words, text, STRANGER)
        assert answer == "Эта SIM-карта у нас не обслуживается END"
    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM dialogue.dialogue") == 0


async def test_a_refusal_becomes_its_text(db: Database, words: Mapping[str, Words]) -> None:
    await open_phone(db)
    async with db.transaction() as tx:
        await tx.execute("UPDATE subscribers.subscription SET status = 'blocked'")
    blocked = "Номер заблокирован. Подробности в личном кабинете"
    assert await dialled(db, words, "*100#") == f"{blocked} END"
    assert await incoming_sms(db, words, link="sms", msisdn=ANNA, text="баланс") == blocked


async def test_a_full_queue_of_hashing_is_told_with_the_wait(
    db: Database, words: Mapping[str, Words]
) -> None:
    await open_phone(db)
    full = replace(db, computing=replace(db.computing, queue_max=0))
    answer = await dialled(full, words, f"*111*17*{PASSWORD}#")
    assert answer == "Много запросов. Попробуйте через 5 секунд END"


async def test_a_failure_of_ours_is_a_screen_and_its_log_has_neither_number_nor_password(
    db: Database, words: Mapping[str, Words]
) -> None:
    await open_phone(db)
    without_keys = replace(db, keys=None)  # type: ignore[arg-type]
    with capture_logs() as lines:
        answer = await dialled(without_keys, words, f"*111*17*{PASSWORD}#")
    assert answer == "Сбой у нас. Попробуйте позже END"
    [line] = [line for line in lines if line["event"] == "ussd-failed"]
    told = json.dumps(line, default=str)
    assert line["log_level"] == "error"
    assert line["at"]
    for secret in (PASSWORD, ANNA.digits, ANNA.digits[3:]):
        assert secret not in told


async def test_an_sms_is_answered_and_a_claimed_sender_sets_nothing(
    db: Database, words: Mapping[str, Words]
) -> None:
    await open_phone(db)
    answer = await incoming_sms(db, words, link="sms", msisdn=ANNA, text="Баланс")
    assert answer.startswith("Баланс 47,35 руб.")
    stranger = await incoming_sms(db, words, link="sms", msisdn=STRANGER, text="Баланс")
    assert stranger == "Эта SIM-карта у нас не обслуживается"
    assert LINKS == {"demo": True, "hlr": True, "http": False, "sms": False}


async def test_a_gateway_reads_but_sets_no_password(
    db: Database, words: Mapping[str, Words]
) -> None:
    await open_phone(db)
    balance = await request(db, words, link="http", msisdn=ANNA, text="*100#")
    assert balance.text.startswith("Баланс 47,35 руб.")
    refused = await request(db, words, link="http", msisdn=ANNA, text=f"*111*17*{PASSWORD}#")
    assert refused.ends
    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM access.credential") == 0
