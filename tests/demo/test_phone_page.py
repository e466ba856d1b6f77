"""The page of the drawn phone: it works by forms alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from uuid import uuid4

import pytest_asyncio
from httpx import AsyncClient, Response

from abonent.demo.phone import deliver
from abonent.messaging import Message
from abonent.storage import Database
from tests.demo.phone_app import browser
from tests.phones import ANNA, BORIS, PASSWORD, open_phone


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[AsyncClient]:
    async with browser(db) as opened:
        yield opened


def field(page: Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, name
    return unescape(found[1])


def screen(page: Response) -> str:
    found = re.search(r'<div class="ph-txt" role="status">(.*?)</div>', page.text, re.DOTALL)
    return unescape(found[1]).strip() if found else ""


async def post(client: AsyncClient, page: Response, **fields: str) -> Response:
    """Fill in the form of a page and send it."""
    form = {"csrf": field(page, "csrf"), "msisdn": field(page, "msisdn"), **fields}
    answer = await client.post("/demo/phone", data=form)
    assert answer.status_code == 200, answer.text
    return answer


async def test_a_dialogue_is_led_by_forms(client: AsyncClient, db: Database) -> None:
    await open_phone(db)
    page = await client.get("/demo/phone")
    assert page.status_code == 200
    assert (screen(page), field(page, "dialogue")) == ("", "")

    menu = await post(client, page, text="*111#", dialogue="")
    assert screen(menu) == "1 Баланс\n2 Остатки\n3 Тариф\n4 Пароль"
    dialogue = field(menu, "dialogue")
    assert dialogue

    balance = await post(client, menu, text="1", dialogue=dialogue)
    assert screen(balance) == "Баланс 47,35 руб.\nна 14:32"
    assert field(balance, "dialogue") == ""


async def test_every_code_that_can_be_tapped_is_answered(client: AsyncClient, db: Database) -> None:
    await open_phone(db)
    page = await client.get("/demo/phone")
    codes = re.findall(r'name="text" value="([^"]+)"', page.text)
    assert codes == ["*100#", "*111#", "*111*17#"]
    for code in codes:
        assert screen(await post(client, page, text=code, dialogue=""))


async def test_the_network_log_shows_lengths_and_never_a_password(
    client: AsyncClient, db: Database
) -> None:
    await open_phone(db)
    page = await client.get("/demo/phone")
    page = await post(client, page, text="*111*17#", dialogue="")
    assert "знаков: 36 из 56" in page.text
    page = await post(client, page, text=PASSWORD, dialogue=field(page, "dialogue"))
    assert screen(page) == "Повторите пароль"
    assert PASSWORD not in page.text
    at_once = await post(client, page, text=f"*111*17*{PASSWORD}#", dialogue="")
    assert screen(at_once).startswith("Пароль задан")
    assert PASSWORD not in at_once.text


async def test_received_messages_stand_on_the_page(client: AsyncClient, db: Database) -> None:
    await open_phone(db)
    sms = Message(uuid4(), ANNA, "ru", "sms.new-device", {}, None)
    await deliver(db, sms, "Привет <b>отсюда</b>")
    page = await client.get("/demo/phone")
    assert "Привет &lt;b&gt;отсюда&lt;/b&gt;" in page.text
    assert "Vasilek, 14:32" in page.text


async def test_an_sms_can_be_sent_and_its_answer_is_seen(client: AsyncClient, db: Database) -> None:
    await open_phone(db)
    page = await client.get("/demo/phone")
    page = await post(client, page, sms="остаток")
    assert "Минуты 84 на другие сети<br>SMS 18<br>" in page.text


async def test_another_number_is_taken_by_its_link_or_by_typing_it(
    client: AsyncClient, db: Database
) -> None:
    await open_phone(db)
    await open_phone(db, BORIS, top_up="20.07")
    page = await client.get("/demo/phone")
    assert 'href="/demo/phone?msisdn=%2B375330000003"' in page.text
    assert "%2B375330000004" not in page.text  # nobody has this number: no link leads to it
    for typed in ("+375330000003", "33 000-00-03", "80330000003"):
        page = await client.get("/demo/phone", params={"msisdn": typed})
        balance = await post(client, page, text="*100#", dialogue="")
        assert screen(balance) == "Баланс 0,17 руб.\nна 14:32"


async def test_a_number_that_is_none_is_told_beside_its_field(client: AsyncClient) -> None:
    page = await client.get("/demo/phone", params={"msisdn": "33 abc"})
    assert page.status_code == 200
    assert "В номере телефона могут быть только цифры" in page.text


async def test_a_form_of_a_strange_page_dials_nothing(client: AsyncClient, db: Database) -> None:
    await open_phone(db)
    await client.get("/demo/phone")
    form = {"msisdn": ANNA.e164, "text": f"*111*17*{PASSWORD}#", "csrf": "x" * 43}
    answer = await client.post("/demo/phone", data=form, follow_redirects=False)
    assert answer.status_code == 303
    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM access.credential") == 0


async def test_a_bent_dialogue_or_number_does_not_break_the_page(
    client: AsyncClient, db: Database
) -> None:
    await open_phone(db)
    page = await client.get("/demo/phone")
    bent = await post(client, page, text="1", dialogue="bent")
    assert screen(bent) == "Время ответа вышло. Наберите код ещё раз"
    assert (await post(client, page, text="1", msisdn="bent")).url.path == "/demo/phone"
    assert (await client.post("/demo/phone", content=b"\xff")).status_code < 500
