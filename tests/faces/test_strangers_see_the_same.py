"""Over HTTP a number of ours and one that is not are told apart by no byte and no header."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from abonent import access
from abonent.kit import Msisdn, Secret
from abonent.storage import Database
from abonent.wording import Words
from tests.conftest import Clock
from tests.faces.web.test_main_job import submit
from tests.phones import ANNA, PASSWORD, STRANGER, open_phone, spoken

Browser = Callable[[], httpx.AsyncClient]
Seen = tuple[int, list[tuple[str, str]], str]
_RANDOM = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z0-9_-]{43}(\.[0-9a-f]{64})?"
)


def seen(answer: httpx.Response, number: Msisdn, words: Words) -> Seen:
    """Status, headers and body, without what is random and without the number that was typed."""

    def bare(text: str) -> str:
        typed = (words.phone(number), number.e164, number.digits, number.digits[3:])
        for way in typed:
            text = text.replace(way, "N")
        return _RANDOM.sub("R", text)

    headers = [(name, bare(value)) for name, value in answer.headers.multi_items()]
    return answer.status_code, headers, bare(html.unescape(answer.text))


async def web_story(
    client: httpx.AsyncClient, number: Msisdn, clock: Clock
) -> list[httpx.Response]:
    typed = number.digits[3:]
    story = []
    for password in ("wrong99", "wrong98"):
        story.append(await submit(client, "/sign-in", "/sign-in", msisdn=typed, password=password))
    shown = await client.get("/password")
    form = {name: _hidden(shown.text, name) for name in ("csrf", "operation")}
    form |= {"msisdn": typed, "password": "zebra274"}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for changed in ({}, {}, {"password": "otter-55"}):
        story.append(await client.post("/password", data={**form, **changed}, headers=headers))
    page = story[2].headers["location"]
    story.append(await client.get(page))
    story.append(await client.get(page.replace("/password/", "/sign-in/")))
    for code in ("12", "000000", "000001"):
        story.append(await submit(client, page, page, code=code))
    for seconds in (0, 61, 10):
        clock.move(timedelta(seconds=seconds))
        story.append(await submit(client, page, f"{page}/sends"))
        story.append(await client.get(page))
    clock.move(timedelta(minutes=6))
    story.append(await submit(client, page, page, code="000002"))
    return story


async def api_story(
    client: httpx.AsyncClient, number: Msisdn, clock: Clock
) -> list[httpx.Response]:
    root = "/api/v1"
    pair = {"msisdn": number.e164, "password": "wrong99"}
    story = [await client.post(f"{root}/sessions", json=pair) for _ in range(7)]
    ask = {"msisdn": number.e164, "password": "zebra274"}
    for key, password in (
        ("k", "zebra274"),
        ("k", "zebra274"),
        ("k", "otter-55"),
        ("j", "zebra274"),
    ):
        body = {**ask, "password": password}
        headers = {"Idempotency-Key": key}
        story.append(await client.post(f"{root}/password-resets", json=body, headers=headers))
    asked = story[7].json()
    path, device = f"{root}/password-resets/{asked['id']}", {"device_token": asked["device_token"]}
    for code in ("000000", "000001", "000002", "000003", "000004", "000005", "1"):
        body = {"code": code, **device}
        story.append(await client.post(f"{path}/confirmation", json=body))
    story.append(await client.post(f"{path}/sends", json=device))
    clock.move(timedelta(seconds=61))
    story.append(await client.post(f"{path}/sends", json=device))
    story.append(await client.post(f"{path}/sends", json={}))
    for _ in range(3):
        story.append(await client.post(f"{root}/password-resets", json=ask))
    return story


@pytest.mark.parametrize("tell", [web_story, api_story])
async def test_a_story_is_the_same_for_a_number_of_ours_without_a_password_and_for_none(
    db: Database,
    browser: Browser,
    clock: Clock,
    tell: Callable[[httpx.AsyncClient, Msisdn, Clock], Awaitable[list[httpx.Response]]],
) -> None:
    caller = await open_phone(db)
    without = Msisdn("+375330000004")
    await open_phone(db, without)
    await db.run(
        access.set_initial_password,
        subscription=caller.subscription,
        billing_account=caller.billing_account,
        hash=await access.hash_password(db, Secret(PASSWORD)),
    )
    words, began = spoken(db.settings)["ru"], clock.now
    stories = []
    for number in (ANNA, without, STRANGER):
        clock.set(began)
        async with browser() as client:
            story = await tell(client, number, clock)
            stories.append([seen(answer, number, words) for answer in story])

    assert stories[0] == stories[2]
    assert stories[1] == stories[2]
    assert len({status for status, _, _ in stories[0]}) >= 4, "the story has its turns"


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]
