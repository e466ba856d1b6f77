"""A change counts only when it comes from a page of ours that was made for this session."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from abonent.app import application
from abonent.settings import replace
from abonent.storage import Database
from tests.faces.web.test_main_job import FORM, hidden, signed_in, submit
from tests.phones import open_phone, spoken

Browser = Callable[[], httpx.AsyncClient]
CSRF = "abonent-8000-csrf"


async def test_a_token_planted_by_a_sibling_forges_nothing_for_who_is_signed_in(
    db: Database, client: httpx.AsyncClient, browser: Browser
) -> None:
    """Old engines know neither `__Host-` nor SameSite, and omit Origin: a sibling sets cookies."""
    async with browser() as sibling:
        planted = hidden((await sibling.get("/sign-in")).text, "csrf")
        cookie = sibling.cookies[CSRF]
    await signed_in(client, db)
    client.cookies.delete(CSRF)
    client.cookies.set(CSRF, cookie)

    forged = [
        await client.post("/sign-out", data={"csrf": token}, headers=FORM)
        for token in (planted, cookie)
    ]

    assert [answer.status_code for answer in forged] == [403, 403]
    assert (await client.get("/")).status_code == 200


async def test_the_cookie_alone_is_no_token(client: httpx.AsyncClient) -> None:
    await client.get("/sign-in")
    headers = {**FORM, "Origin": "http://127.0.0.1:8000"}
    forged = await client.post(
        "/settings", data={"csrf": client.cookies[CSRF], "theme": "dark"}, headers=headers
    )
    assert forged.status_code == 403


async def test_a_page_of_before_the_sign_in_changes_nothing_after_it(
    db: Database, client: httpx.AsyncClient
) -> None:
    before = hidden((await client.get("/settings")).text, "csrf")
    await signed_in(client, db)
    stale = await client.post("/sign-out", data={"csrf": before}, headers=FORM)
    assert stale.status_code == 403
    assert (await client.get("/")).status_code == 200


async def test_the_code_page_is_not_there_for_a_thief_with_a_device_of_his_own(
    db: Database, client: httpx.AsyncClient, browser: Browser
) -> None:
    await open_phone(db)
    asked = await submit(client, "/password", "/password", msisdn="330000001", password="zebra274")
    page = asked.headers["location"]
    async with browser() as thief:
        await submit(thief, "/password", "/password", msisdn="330000009", password="zebra274")
        assert (await thief.get(page)).status_code == 404
        for action in (page, f"{page}/sends"):
            assert (await submit(thief, "/sign-in", action, code="000000")).status_code == 404
    assert (await client.get(page)).status_code == 200


@pytest.mark.parametrize(
    "bent",
    ["short", "x" * 200, "%0d%0aSet-Cookie:%20x=1%0d%0a" + "a" * 32, '"><b>' + "a" * 32, "я" * 40],
)
async def test_a_bent_token_cookie_is_replaced_and_never_echoed(
    client: httpx.AsyncClient, bent: str
) -> None:
    headers = {"Cookie": f"{CSRF}={bent}".encode()}
    answer = await client.get("/sign-in", headers=headers)
    (kept,) = answer.headers.get_list("set-cookie")
    assert kept.startswith(f"{CSRF}=") and bent[:12] not in kept
    assert "Set-Cookie" not in kept and "aaaaaaaa" not in answer.text


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://cabinet.example", 303),
        ("http://cabinet.example", 403),
        ("https://cabinet.example:444", 403),
        ("https://cabinet.example.evil.example", 403),
        ("https://www.cabinet.example", 403),
        ("null", 403),
    ],
)
async def test_behind_tls_only_our_own_origin_over_tls_may_change_anything(
    db: Database, origin: str, status: int
) -> None:
    there = replace(db.settings, tls_proxy=True)
    app = application(
        Database(db.pool, there, db.keys, db.computing, db.clock), spoken(there), close=False
    )
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://cabinet.example") as one:
        token = hidden((await one.get("/settings")).text, "csrf")
        answer = await one.post(
            "/settings", data={"csrf": token, "theme": "dark"}, headers={**FORM, "Origin": origin}
        )
    assert answer.status_code == status
