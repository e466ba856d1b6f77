"""Bad input: a clear answer in the asked language, no 500, nothing changed."""

from __future__ import annotations

import httpx
import pytest

from abonent.storage import Database, Transaction
from tests.phones import ANNA, open_phone

RESETS = "/api/v1/password-resets"
PROBLEM = "application/problem+json"


async def rows(tx: Transaction) -> int:
    return await tx.value(
        "SELECT (SELECT count(*) FROM access.flow) + (SELECT count(*) FROM access.credential)"
        " + (SELECT count(*) FROM messaging.outbox)"
    )


@pytest.mark.parametrize(
    ("number", "detail"),
    [
        ("33000000a", "bad-number.letters"),
        ("+79161234567", "bad-number.country"),
        ("123", "bad-number.short"),
        ("1" * 40, "bad-number.long"),
        ("", "bad-number.empty"),
    ],
)
@pytest.mark.parametrize("language", ["ru", "be", "en"])
async def test_a_wrong_number_is_told_what_is_wrong_with_it(
    db: Database, client: httpx.AsyncClient, number: str, detail: str, language: str
) -> None:
    answer = await client.post(
        RESETS,
        json={"msisdn": number, "password": "zebra27"},
        headers={"Accept-Language": language},
    )
    problem = answer.json()
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith(PROBLEM)
    assert answer.headers["content-language"] == language
    assert f"bad-number.{problem['reason']}" == detail
    assert problem["detail"]
    assert await db.run(rows) == 0


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "empty"),
        ("abc", "short"),
        ("elevenchars", "long"),
        ("330000001", "is-number"),
        ("0001", "is-number"),
        ("1234", "common"),
        ("vasilek", "operator-name"),
    ],
)
async def test_a_password_that_breaks_the_rule_is_told_which_part(
    db: Database, client: httpx.AsyncClient, password: str, reason: str
) -> None:
    await open_phone(db)
    before = await db.run(rows)
    answer = await client.post(RESETS, json={"msisdn": ANNA.e164, "password": password})
    assert (answer.status_code, answer.json()["reason"]) == (400, reason)
    assert await db.run(rows) == before


@pytest.mark.parametrize("code", ["12345", "1234567", "", "abcdef"])
async def test_a_code_that_is_no_code_costs_no_attempt(
    db: Database, client: httpx.AsyncClient, code: str
) -> None:
    await open_phone(db)
    asked = (await client.post(RESETS, json={"msisdn": ANNA.e164, "password": "zebra27"})).json()
    answer = await client.post(
        f"{RESETS}/{asked['id']}/confirmation",
        json={"code": code, "device_token": asked["device_token"]},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-code-format")


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "bad-request"),
        (b"[]", "application/json", 400, "bad-request"),
        (b"\xff\xfe", "application/json", 400, "bad-request"),
        (b"", "application/json", 400, "bad-request"),
        (b'{"msisdn": 1, "password": "x"}', "application/json", 400, "bad-field"),
        (b'{"msisdn": "1"}', "application/json", 400, "bad-field"),
        (b'{"msisdn": "1", "password": "x", "more": 1}', "application/json", 400, "bad-field"),
        (b"msisdn=1&password=x", "application/x-www-form-urlencoded", 415, "wrong-content-type"),
        (b'{"msisdn": "1"}', "text/plain", 415, "wrong-content-type"),
        (b'{"msisdn": "' + b"1" * 1_000_000 + b'"}', "application/json", 413, "too-large"),
    ],
)
async def test_a_body_that_is_no_request_of_ours_is_a_problem_and_no_fault(
    db: Database, client: httpx.AsyncClient, content: bytes, kind: str, status: int, code: str
) -> None:
    for path in (RESETS, "/api/v1/sessions"):
        answer = await client.post(path, content=content, headers={"Content-Type": kind})
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"].startswith(PROBLEM)
        assert answer.json()["code"] == code
    assert await db.run(rows) == 0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/password-resets", 405),
        ("PUT", "/api/v1/sessions", 405),
        ("POST", "/api/v1/password-resets/not-a-uuid/confirmation", 404),
        ("GET", "/api/v1/numbers/1/home", 401),
        ("GET", "/api/v1/sessions", 401),
        ("DELETE", "/api/v1/sessions/current", 401),
    ],
)
async def test_wrong_paths_methods_and_missing_tokens_are_problems(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path, json={} if method in {"POST", "PUT"} else None)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith(PROBLEM)


async def test_a_flow_that_does_not_exist_is_told_to_begin_again(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post(
        f"{RESETS}/00000000-0000-4000-8000-000000000000/confirmation", json={"code": "123456"}
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "flow-gone")


async def test_the_wait_of_a_limit_is_in_the_answer_and_its_header(
    db: Database, client: httpx.AsyncClient
) -> None:
    await open_phone(db)
    for _ in range(6):
        answer = await client.post(
            "/api/v1/sessions", json={"msisdn": ANNA.e164, "password": "wrong99"}
        )
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == str(answer.json()["wait_seconds"])
    assert "Попробуйте через" in answer.json()["detail"]
