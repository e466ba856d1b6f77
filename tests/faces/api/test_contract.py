"""The contract as a document: what is in it is built, what is built is in it."""

from __future__ import annotations

import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from abonent.app import application
from abonent.faces.api.problems import STATUS
from abonent.settings import Settings
from abonent.storage import Database
from tests.phones import spoken

SECURITY = {
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cache-control",
}


async def test_the_openapi_document_names_every_path_of_the_api(
    client: httpx.AsyncClient,
) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    assert set(document["paths"]) == {
        "/api/v1/sessions",
        "/api/v1/sessions/current",
        "/api/v1/sessions/{flow}/confirmation",
        "/api/v1/sessions/{flow}/sends",
        "/api/v1/sessions/{session}",
        "/api/v1/password-resets",
        "/api/v1/password-resets/{flow}/confirmation",
        "/api/v1/password-resets/{flow}/sends",
        "/api/v1/numbers/{number}/home",
        "/api/v1/numbers/{number}/balance",
        "/api/v1/numbers/{number}/buckets",
        "/api/v1/numbers/{number}/tariff",
    }


def handlers(app: Litestar) -> list[HTTPRouteHandler]:
    return [
        handler
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        if isinstance(handler, HTTPRouteHandler)
    ]


async def test_every_route_declares_its_lowest_tier(db: Database, settings: Settings) -> None:
    app = application(db, spoken(settings), demo=False, close=False)
    inner = next(
        cell.cell_contents
        for cell in app.__closure__ or ()  # type: ignore[attr-defined]
        if isinstance(cell.cell_contents, Litestar)
    )
    bare = [
        str(sorted(handler.paths))
        for handler in handlers(inner)
        if handler.opt.get("tier") not in {"open", 0, 1, 2}
        and handler.http_methods != {"OPTIONS"}
        and not handler.paths <= {"/", "/openapi.json", "/{path:str}"}
    ]
    assert bare == []


async def test_the_demo_phone_is_not_there_unless_the_demo_is_started(
    db: Database, settings: Settings
) -> None:
    app = application(db, spoken(settings), demo=False, close=False)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000"
    ) as client:
        for path in ("/demo/phone", "/demo/messages?msisdn=375330000001"):
            assert (await client.get(path)).status_code == 404
        posted = await client.post("/demo/ussd", json={"msisdn": "+375330000001", "text": "*100#"})
        assert posted.status_code == 404


@pytest.mark.parametrize("path", ["/sign-in", "/help", "/nothing", "/api/v1/nothing", "/healthz"])
async def test_every_answer_carries_the_security_headers(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert set(answer.headers) >= SECURITY
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("language", ["ru", "be", "en"])
def test_every_problem_has_its_title(settings: Settings, language: str) -> None:
    words = spoken(settings)[language]
    assert all(words(f"title.{code}") for code in STATUS)


async def test_health_says_ok_when_home_can_be_answered(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
