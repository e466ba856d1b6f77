"""A loaded demo, and a second database to live lives in one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace as changed
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio

from abonent import catalog
from abonent.demo.life import World
from abonent.demo.loading import load_demo
from abonent.demo.shop import read_offers, read_purse
from abonent.kit import Keys
from abonent.settings import Settings
from abonent.storage import Database, Principal, connect, migrate

Load = Callable[[int], Awaitable[None]]


@pytest.fixture
def load(db: Database, database_url: str) -> Load:
    async def load_so_many(subscribers: int) -> None:
        await load_demo(database_url, db, subscribers=subscribers)

    return load_so_many


@pytest.fixture
def world(clock: Any) -> World:
    """The Belarusian operator at the moment of the tests, without a database."""
    offers = {offer.code: changed(offer, version=1) for offer in read_offers("BYN")}
    return World(offers, read_purse("BYN"), "Europe/Minsk", clock.now)


@pytest.fixture
def second_url(server_url: str, clock: Any) -> Iterator[str]:
    name = f"abonent_second_{uuid4().hex[:10]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    url = urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    migrate(url, now=clock.now, history_from=clock.now - timedelta(days=240))
    yield url
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture
async def second(
    second_url: str, settings: Settings, keys: Keys, clock: Any
) -> AsyncIterator[Database]:
    database = await connect(second_url, settings, keys, clock=clock)
    database = database.acting(Principal.system("test"))
    await database.run(catalog.publish, offers=read_offers("BYN"))
    yield database
    await database.close()
