"""What belongs to one person is kept by nobody on the way."""

from __future__ import annotations

import httpx
import pytest

from abonent import access
from abonent.kit import Secret
from abonent.storage import Database
from tests.phones import ANNA, PASSWORD, open_phone

FIGURES = ("home", "balance", "buckets", "tariff")


async def entered(db: Database, client: httpx.AsyncClient) -> tuple[str, dict[str, str]]:
    caller = await open_phone(db)
    await db.run(
        access.set_initial_password,
        subscription=caller.subscription,
        billing_account=caller.billing_account,
        hash=await access.hash_password(db, Secret(PASSWORD)),
    )
    answer = await client.post("/api/v1/sessions", json={"msisdn": ANNA.e164, "password": PASSWORD})
    got = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    return got["number"]["id"], {"Authorization": f"Bearer {got['token']}"}


@pytest.mark.parametrize("figure", FIGURES)
async def test_no_cache_may_store_a_figure_changed_or_not(
    db: Database, client: httpx.AsyncClient, figure: str
) -> None:
    number, bearer = await entered(db, client)
    path = f"/api/v1/numbers/{number}/{figure}"
    first = await client.get(path, headers=bearer)
    again = await client.get(path, headers={**bearer, "If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    for answer in (first, again):
        assert answer.headers["cache-control"] == "no-store"


async def test_an_unchanged_tag_opens_nothing_without_the_session(
    db: Database, client: httpx.AsyncClient
) -> None:
    number, bearer = await entered(db, client)
    path = f"/api/v1/numbers/{number}/balance"
    tag = (await client.get(path, headers=bearer)).headers["etag"]
    for headers in ({}, {"Authorization": "Bearer " + "x" * 43}):
        answer = await client.get(path, headers={**headers, "If-None-Match": tag})
        assert answer.status_code == 401
    other = f"/api/v1/numbers/{int(number) + 1}/balance"
    answer = await client.get(other, headers={**bearer, "If-None-Match": tag})
    assert answer.status_code == 404 and "etag" not in answer.headers
