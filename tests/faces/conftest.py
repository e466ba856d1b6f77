"""The whole application over a real database, driven over HTTP without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio

from abonent.app import REACTIONS, application
from abonent.demo import received
from abonent.faces.jobs import Tools, jobs
from abonent.kit import Msisdn
from abonent.settings import Settings
from abonent.storage import Database, Principal, run_jobs
from tests.phones import spoken

ADDRESS = "http://127.0.0.1:8000"


@pytest_asyncio.fixture
async def house(db: Database) -> Database:
    """The database as a process of the demo opens it: with the reactions."""
    return replace(db, reactions=REACTIONS, principal=Principal())


@pytest_asyncio.fixture
async def client(
    house: Database, settings: Settings, browser: Callable[[], httpx.AsyncClient]
) -> AsyncIterator[httpx.AsyncClient]:
    """A device that keeps its cookies."""
    async with browser() as one:
        yield one


@pytest.fixture
def browser(house: Database, settings: Settings) -> Callable[[], httpx.AsyncClient]:
    """Devices, as many as are wanted, of one application."""
    app = application(house, spoken(settings), demo=True, close=False)

    def another() -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=ADDRESS)

    return another


@pytest.fixture
def post_office(db: Database, settings: Settings, database_url: str) -> Callable[..., object]:
    """Runs the worker until its queue is empty, and shows what a phone has received."""
    from abonent.demo import deliver

    async def texts(msisdn: Msisdn) -> list[str]:
        tools = Tools(db, spoken(settings), deliver)
        await run_jobs(database_url, jobs(tools), wait=False)
        found = await received(db, msisdn)
        return [one.text for one in found]

    return texts
