"""A real PostgreSQL for every test: `ABONENT_DATABASE_URL`, or an embedded one of this run.

The database is made once for a run and emptied between tests, so that each test sees the whole
schema, the roles and the row-level policies as they are in production.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio

from abonent import settings as configuration
from abonent.kit import Keys
from abonent.storage import (
    Database,
    EmbeddedServer,
    Principal,
    connect,
    erase,
    load_keys,
    migrate,
)

NOW = datetime(2026, 7, 15, 11, 32, tzinfo=UTC)

# Rows are removed by the owner of everything: the app itself may not delete most of them.
_EMPTY = """
DO $$ DECLARE t regclass; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'public', 'pg_toast')
  LOOP
    EXECUTE format('DELETE FROM %s', t);
  END LOOP;
END $$;
"""


@dataclass
class Clock:
    """The clock of the tests: it stands still until it is moved."""

    now: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by

    def set(self, to: datetime) -> None:
        self.now = to


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A superuser's URL of a database server."""
    given = os.environ.get("ABONENT_DATABASE_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="abonent-test-"))
    try:
        with EmbeddedServer(folder, settings={"fsync": "off"}) as server:
            yield server.dsn("postgres", "postgres")
    finally:
        erase(folder)


@pytest.fixture(scope="session")
def database_url(server_url: str) -> Iterator[str]:
    """A migrated database of this run, as its superuser."""
    name = f"abonent_test_{uuid4().hex[:10]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    parts = urlsplit(server_url)
    url = urlunsplit(parts._replace(path=f"/{name}"))
    migrate(url, now=NOW + timedelta(days=70), history_from=NOW - timedelta(days=240))
    yield url
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return load_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def settings(tmp_path: Path) -> configuration.Settings:
    """The defaults of the product, with hashing made cheap: its cost has its own tests."""
    loaded = configuration.load({"ABONENT_DATA": str(tmp_path)})
    limits = configuration.Limits(argon2_memory_kib=64, argon2_passes=1)
    return configuration.replace(loaded, limits=limits)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def db(
    database_url: str, settings: configuration.Settings, keys: Keys, clock: Clock
) -> AsyncIterator[Database]:
    """The database as the system acts on it: role `abonent_app`, emptied before the test."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_EMPTY)
    database = await connect(database_url, settings, keys, clock=clock)
    yield replace(database, principal=Principal.system("test"))
    await database.close()
