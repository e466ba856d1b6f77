"""The main job through the API: a password that never was, a sign-in, true figures."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from abonent.kit import Msisdn
from abonent.storage import Database
from tests.conftest import Clock
from tests.phones import ANNA, BORIS, PASSWORD, open_phone, open_with_password

Texts = Callable[[Msisdn], Awaitable[list[str]]]
NEW = "zebra274"


def signed(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def code_of(texts: Texts, number: Msisdn = ANNA) -> str:
    newest = (await texts(number))[0]
    found = re.search(r"\b\d{6}\b", newest)
    assert found, newest
    return found[0]


async def sign_in(client: httpx.AsyncClient, password: str = PASSWORD) -> dict[str, object]:
    answer = await client.post("/api/v1/sessions", json={"msisdn": ANNA.e164, "password": password})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_number_that_never_had_a_password_sets_one_and_reads_its_balance(
    db: Database, client: httpx.AsyncClient, post_office: Texts
) -> None:
    await open_phone(db)
    asked = await client.post(
        "/api/v1/password-resets", json={"msisdn": "33 000-00-01", "password": NEW}
    )
    assert asked.status_code == 202
    code = await code_of(post_office)
    done = await client.post(
        f"/api/v1/password-resets/{asked.json()['id']}/confirmation",
        json={"code": code, "device_token": asked.json()["device_token"]},
    )
    assert done.status_code == 201, done.text
    session = done.json()
    assert session["number"]["msisdn"] == ANNA.e164
    assert session["number"]["tier"] == 1
    number = session["number"]["id"]
    home = await client.get(f"/api/v1/numbers/{number}/home", headers=signed(session["token"]))
    assert home.status_code == 200, home.text
    seen = home.json()
    assert seen["balance"] == {"amount": "47.35", "currency": "BYN"}
    assert seen["as_of"] == "2026-07-15T11:32:00Z"
    assert seen["tariff"]["fee"] == {"amount": "19.90", "currency": "BYN"}
    assert seen["next_charge"]["on"] == "2026-08-15"
    data = next(one for one in seen["buckets"] if one["unit"] == "byte")
    assert data["left"] == data["total"] == {"value": 13421772800, "unit": "byte"}
    calls = next(one for one in seen["buckets"] if one["scope"] == "in-net")
    assert (calls["unlimited"], calls["left"]) == (True, None)


async def test_each_figure_can_be_asked_alone(db: Database, client: httpx.AsyncClient) -> None:
    await open_with_password(db)
    session = await sign_in(client)
    path = f"/api/v1/numbers/{session['number']['id']}"  # type: ignore[index]
    headers = signed(str(session["token"]))
    balance = (await client.get(f"{path}/balance", headers=headers)).json()
    assert balance["available"] == {"amount": "47.35", "currency": "BYN"}
    buckets = (await client.get(f"{path}/buckets", headers=headers)).json()
    assert len(buckets["items"]) == 5
    tariff = await client.get(f"{path}/tariff", headers={**headers, "Accept-Language": "be"})
    assert tariff.json()["name"] == "Лугавы"


async def test_unchanged_figures_are_not_sent_twice(
    db: Database, client: httpx.AsyncClient, clock: Clock
) -> None:
    await open_with_password(db)
    session = await sign_in(client)
    path = f"/api/v1/numbers/{session['number']['id']}/balance"  # type: ignore[index]
    headers = signed(str(session["token"]))
    first = await client.get(path, headers=headers)
    clock.move(timedelta(minutes=1))
    again = await client.get(path, headers={**headers, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_sign_in_with_a_key_that_is_repeated_gives_the_same_session(
    db: Database, client: httpx.AsyncClient
) -> None:
    await open_with_password(db)
    body = {"msisdn": ANNA.e164, "password": PASSWORD}
    answers = [
        await client.post("/api/v1/sessions", json=body, headers={"Idempotency-Key": "k1"})
        for _ in range(2)
    ]
    assert answers[0].json()["token"] == answers[1].json()["token"]


async def test_a_key_with_other_content_is_refused_and_changes_nothing(
    db: Database, client: httpx.AsyncClient, post_office: Texts
) -> None:
    await open_phone(db)
    key = {"Idempotency-Key": "same"}
    first = await client.post(
        "/api/v1/password-resets", json={"msisdn": ANNA.e164, "password": NEW}, headers=key
    )
    repeat = await client.post(
        "/api/v1/password-resets", json={"msisdn": ANNA.e164, "password": NEW}, headers=key
    )
    other = await client.post(
        "/api/v1/password-resets", json={"msisdn": ANNA.e164, "password": "zebra275"}, headers=key
    )
    assert first.json()["id"] == repeat.json()["id"]
    assert (other.status_code, other.json()["code"]) == (422, "operation-reused")
    assert len([text for text in await post_office(ANNA) if "дня" not in text]) <= 2


async def test_signing_out_ends_the_session_for_good(
    db: Database, client: httpx.AsyncClient
) -> None:
    await open_with_password(db)
    session = await sign_in(client)
    headers = signed(str(session["token"]))
    assert (await client.delete("/api/v1/sessions/current", headers=headers)).status_code == 204
    gone = await client.get(
        f"/api/v1/numbers/{session['number']['id']}/home",  # type: ignore[index]
        headers=headers,
    )
    assert (gone.status_code, gone.json()["code"]) == (401, "signed-out")


async def test_another_number_is_not_there_whether_it_exists_or_not(
    db: Database, client: httpx.AsyncClient
) -> None:
    await open_with_password(db)
    boris = await open_phone(db, BORIS)
    session = await sign_in(client)
    headers = signed(str(session["token"]))
    answers = [
        await client.get(f"/api/v1/numbers/{number}/home", headers=headers)
        for number in (boris.subscription, 999999999, "abc", "-1", "9" * 30)
    ]
    assert {one.status_code for one in answers} == {404}
    assert len({one.content for one in answers}) == 1


async def test_lists_of_sessions_need_a_proof_first(
    db: Database, client: httpx.AsyncClient
) -> None:
    await open_with_password(db)
    session = await sign_in(client)
    asked = await client.get("/api/v1/sessions", headers=signed(str(session["token"])))
    assert (asked.status_code, asked.json()["code"]) == (403, "step-up-required")


@pytest.mark.parametrize("password", ["wrong99", ""])
async def test_wrong_pairs_and_unknown_numbers_are_answered_in_equal_bytes(
    db: Database, client: httpx.AsyncClient, password: str
) -> None:
    await open_with_password(db)
    answers = [
        await client.post("/api/v1/sessions", json={"msisdn": number, "password": password})
        for number in (ANNA.e164, "+375339999999")
    ]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].content == answers[1].content
