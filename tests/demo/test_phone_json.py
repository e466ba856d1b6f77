"""The drawn phone as JSON: its messages, an SMS to the operator, USSD."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from httpx import AsyncClient

from abonent.demo.phone import deliver, received
from abonent.kit import Msisdn
from abonent.messaging import Message
from abonent.storage import Database
from tests.conftest import Clock
from tests.demo.phone_app import browser
from tests.phones import ANNA, BORIS, PASSWORD, open_phone


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[AsyncClient]:
    async with browser(db) as opened:
        yield opened


async def dial(client: AsyncClient, text: str, dialogue: str | None = None) -> dict[str, Any]:
    body = {"msisdn": ANNA.e164, "text": text}
    if dialogue is not None:
        body["dialogue"] = dialogue
    answer = await client.post("/demo/ussd", json=body)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    assert set(shown) == {"dialogue", "text", "ends"}
    return shown


async def inbox(client: AsyncClient, msisdn: str = ANNA.e164) -> list[dict[str, str]]:
    answer = await client.get("/demo/messages", params={"msisdn": msisdn})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert set(found) == {"items"}
    items: list[dict[str, str]] = found["items"]
    return items


def message(text_of: Msisdn = ANNA) -> Message:
    return Message(uuid4(), text_of, "ru", "sms.new-device", {}, None)


async def test_a_dialogue_is_driven_to_its_end(client: AsyncClient, db: Database) -> None:
    await open_phone(db)
    menu = await dial(client, "*111#")
    assert (menu["text"], menu["ends"]) == ("1 Баланс\n2 Остатки\n3 Тариф\n4 Пароль", False)
    asked = await dial(client, "4", menu["dialogue"])
    assert asked["dialogue"] == menu["dialogue"]
    await dial(client, PASSWORD, menu["dialogue"])
    done = await dial(client, PASSWORD, menu["dialogue"])
    assert (done["text"].startswith("Пароль задан"), done["ends"]) == (True, True)


async def test_delivered_messages_appear_on_their_phone_alone_newest_first(
    client: AsyncClient, db: Database, clock: Clock
) -> None:
    await deliver(db, message(), "первое")
    clock.move(timedelta(minutes=1))
    await deliver(db, message(), "второе")
    await deliver(db, message(BORIS), "чужое")

    items = await inbox(client)
    assert [item["text"] for item in items] == ["второе", "первое"]
    assert {item["from"] for item in items} == {"Vasilek"}
    assert set(items[0]) == {"at", "from", "text"}
    assert datetime.fromisoformat(items[0]["at"]) == clock.now
    assert [item["text"] for item in await inbox(client, BORIS.e164)] == ["чужое"]


async def test_a_message_delivered_twice_is_there_once(client: AsyncClient, db: Database) -> None:
    one = message()
    await deliver(db, one, "один раз")
    await deliver(db, one, "один раз")
    assert len(await inbox(client)) == 1


async def test_a_phone_shows_its_last_twenty_messages(db: Database, clock: Clock) -> None:
    for n in range(25):
        clock.move(timedelta(seconds=1))
        await deliver(db, message(), str(n))
    assert [sms.text for sms in await received(db, ANNA)] == [str(n) for n in range(24, 4, -1)]


async def test_an_sms_to_the_operator_is_answered_by_sms(client: AsyncClient, db: Database) -> None:
    await open_phone(db)
    body = {"msisdn": "8 033 000-00-01", "text": "баланс"}
    answer = await client.post("/demo/messages", json=body)
    assert answer.status_code == 202
    [item] = await inbox(client)
    assert item["text"] == "Баланс 47,35 руб.\nна 14:32"


@pytest.mark.parametrize("given", ["%2B375330000001", "+375330000001", "330000001"])
async def test_a_number_is_read_however_it_is_written(
    client: AsyncClient, db: Database, given: str
) -> None:
    await deliver(db, message(), "для меня")
    answer = await client.get(f"/demo/messages?msisdn={given}")
    assert [item["text"] for item in answer.json()["items"]] == ["для меня"]


async def test_a_number_that_is_not_ours_has_a_phone_without_service(client: AsyncClient) -> None:
    answer = await client.post("/demo/ussd", json={"msisdn": "+375339999999", "text": "*100#"})
    assert (answer.status_code, answer.json()["ends"]) == (200, True)
    assert answer.json()["text"] == "Эта SIM-карта у нас не обслуживается"
    assert await inbox(client, "+375339999999") == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"msisdn": "abc", "text": "*100#"}, "bad-number"),
        ({"msisdn": "", "text": "*100#"}, "bad-number"),
        ({"text": "*100#"}, "bad-field"),
        ({"msisdn": ANNA.e164}, "bad-field"),
        ({"msisdn": ANNA.e164, "text": 5}, "bad-field"),
        ({"msisdn": ANNA.e164, "text": "1" * 183}, "bad-field"),
        ({"msisdn": ANNA.e164, "text": "1", "dialogue": "x"}, "bad-field"),
        ([], "bad-request"),
    ],
)
async def test_a_wrong_request_is_a_problem_with_its_code(
    client: AsyncClient, body: object, code: str
) -> None:
    answer = await client.post("/demo/ussd", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"] == code


async def test_a_body_that_is_no_json_is_a_problem_too(client: AsyncClient) -> None:
    kinds = {"application/json": b"{", "text/plain": b'{"msisdn": "1", "text": "2"}'}
    for kind, body in kinds.items():
        answer = await client.post("/demo/ussd", content=body, headers={"content-type": kind})
        assert 400 <= answer.status_code < 500
        assert answer.headers["content-type"].startswith("application/problem+json")


async def test_what_a_phone_received_is_sealed_in_the_table(db: Database) -> None:
    await deliver(db, message(), "042137 код")
    async with db.transaction() as tx:
        body = await tx.value("SELECT body FROM demo.received")
    assert b"042137" not in body
    assert [sms.text for sms in await received(db, ANNA)] == ["042137 код"]
