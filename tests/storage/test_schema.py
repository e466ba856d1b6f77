"""Migrating: from nothing, again, by several at once; months are there before they come."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest

from abonent.storage import migrate

JANUARY = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def fresh(server_url: str) -> Iterator[str]:
    """A database with nothing in it."""
    name = f"abonent_test_{uuid4().hex[:10]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
    yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def rooms(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspowner = 'abonent_owner'::regrole"
        )
        return {name for (name,) in rows}


def months(url: str, table: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass",
            (table,),
        )
        return {name.rsplit("_", 2)[-2] + "-" + name.rsplit("_", 1)[-1] for (name,) in rows}


def test_each_room_gets_a_schema_of_its_own(fresh: str) -> None:
    migrate(fresh, now=JANUARY)
    assert rooms(fresh) == {
        "access",
        "audit",
        "catalog",
        "charging",
        "demo",
        "dialogue",
        "jobs",
        "ledger",
        "messaging",
        "overview",
        "storage",
        "subscribers",
    }


def test_migrating_again_and_by_four_at_once_changes_nothing(fresh: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: migrate(fresh, now=JANUARY), range(4)))
    migrate(fresh, now=JANUARY)
    with psycopg.connect(fresh) as connection:
        assert connection.execute("SELECT count(*) FROM public.alembic_version").fetchone() == (1,)


def test_the_months_ahead_and_of_the_history_have_their_partitions(fresh: str) -> None:
    migrate(fresh, now=JANUARY, history_from=datetime(2025, 11, 30, tzinfo=UTC))
    assert months(fresh, "ledger.entry") == {
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
        "2026-03",
        "2026-04",
        "2026-05",
    }


def test_the_owner_of_the_schema_is_under_its_policies_too(fresh: str) -> None:
    """Forced row-level security: even a mistake made as the owner reads nobody's rows."""
    migrate(fresh, now=JANUARY)
    with psycopg.connect(fresh) as connection:
        connection.execute("SET ROLE abonent_owner")
        connection.execute("SELECT set_config('abonent.principal', 'system', true)")
        connection.execute("INSERT INTO messaging.contact VALUES (1, 1, 375330000001, 'ru')")
        connection.execute("SELECT set_config('abonent.principal', '', true)")
        seen = connection.execute("SELECT count(*) FROM messaging.contact").fetchone()
        assert seen == (0,)
