"""Headers and bodies that no browser sends: a clear answer, never a failure of ours."""

from __future__ import annotations

import httpx
import pytest

from abonent.app import application
from abonent.settings import Settings
from abonent.storage import Database, connect
from tests.phones import spoken

SESSION = "abonent-8000-session"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
FLOW = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("path", ["/sign-in", "/nothing", f"/password/{FLOW}", "/api/v1/nothing"])
@pytest.mark.parametrize("host", ["a:b", "a:99999", "[", "[::1", "", "a@b"])
async def test_a_host_that_is_none_changes_no_answer(
    client: httpx.AsyncClient, host: str, path: str
) -> None:
    plain = await client.get(path)
    answer = await client.get(path, headers={"Host": host})
    assert answer.status_code == plain.status_code < 500


@pytest.mark.parametrize(
    "origin", ["http://[", "null", "", "//", "http://a]b", "\u00ff", "http://127.0.0.1:8000@x"]
)
async def test_an_origin_that_is_none_is_refused(client: httpx.AsyncClient, origin: str) -> None:
    await client.get("/sign-in")
    token = next(iter(client.cookies.values()))
    headers = {"Content-Type": FORM, "Origin": origin.encode("latin-1")}
    answer = await client.post("/sign-out", content=f"csrf={token}", headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b'{"msisdn": "\xff", "password": "zebra27"}',
        b'{"msisdn": "330000001", "password": "\xed\xa0\x80zeb"}',
        b'{"msisdn": "330000001", "password": "\\ud800zeb"}',
        b'{"msisdn": ' + b"[" * 20_000,
        b'{"more": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}",
        b'{"msisdn": 1e999}',
        b'{"msisdn": ' + b"9" * 20_000 + b"}",
        b"\xef\xbb\xbf{}",
        '{"msisdn": "1"}'.encode("utf-16"),
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/sessions",
        "/api/v1/password-resets",
        f"/api/v1/sessions/{FLOW}/confirmation",
        f"/api/v1/password-resets/{FLOW}/sends",
        "/demo/ussd",
        "/demo/messages",
    ],
)
async def test_a_body_that_cannot_be_read_is_a_bad_request(
    client: httpx.AsyncClient, path: str, body: bytes
) -> None:
    answer = await client.post(path, content=body, headers={"Content-Type": JSON})
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"] in {"bad-request", "bad-field"}


async def test_no_link_of_an_error_page_leads_to_another_host(
    db: Database, database_url: str, settings: Settings
) -> None:
    """«Try again» repeats the address: one that begins with two slashes would name a host."""
    gone = await connect(database_url, settings, db.keys)
    await gone.close()
    app = application(gone, spoken(settings), close=False)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, cookies={SESSION: "x" * 43}) as client:
        answer = await client.get("http://127.0.0.1:8000//settings")
    assert answer.status_code == 500
    assert 'href="/settings"' in answer.text
    assert 'href="//' not in answer.text
