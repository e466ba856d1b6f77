"""On a server that the operator runs: no superuser anywhere, passwords, a restart in between."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.system import running
from tests.system.given import GivenServer, given_server
from tests.system.running import Demo

OWNER = ("keeper", "pa55-of-keeper", "abonent")
APP = ("web", "pa55-of-web", "abonent")


@pytest.fixture(scope="module")
def server() -> Iterator[GivenServer]:
    """An owner of the database who may create roles; whoever serves is his creation."""
    with given_server() as given:
        given.execute(
            "CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'pa55-of-keeper'",
            "CREATE DATABASE abonent OWNER keeper TEMPLATE template0 ENCODING 'UTF8'",
        )
        yield given


@pytest.fixture(scope="module")
def urls(server: GivenServer) -> Iterator[dict[str, str]]:
    """The two variables of a deployment, on a migrated database."""
    owner, app = server.of(*OWNER), server.of(*APP)
    with running.place() as folder:
        told = running.run(folder, "migrate", ABONENT_DATABASE_URL=owner)
        assert told.returncode == 0, told.stderr
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE ROLE web LOGIN PASSWORD 'pa55-of-web' IN ROLE abonent_app")
    yield {"ABONENT_DATABASE_URL": app, "ABONENT_DATABASE_OWNER_URL": owner}


@contextmanager
def process(folder: Path, urls: dict[str, str], *arguments: str) -> Iterator[Demo]:
    """One process of a deployment."""
    port = running.free_port()
    with (folder / "log").open("ab") as log:
        started = subprocess.Popen(
            [*running.PROGRAM, *arguments],
            env=running.environ(folder, ABONENT_PORT=str(port), **urls),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Demo(folder, port, started, 0.0)
    finally:
        started.kill()
        started.wait()


def roles(server: GivenServer) -> dict[str, bool]:
    with psycopg.connect(server.url) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls"
            "  FROM pg_roles WHERE rolname LIKE 'abonent%' OR rolname = 'web'"
        )
        return {name: mighty for name, mighty in rows.fetchall()}


def test_an_owner_who_may_create_roles_migrates_twice(
    server: GivenServer, urls: dict[str, str], fresh: Path
) -> None:
    told = running.run(fresh, "migrate", **urls)
    assert told.returncode == 0, told.stderr
    assert roles(server) == dict.fromkeys(
        ("abonent_owner", "abonent_app", "abonent_reader", "web"), False
    )
    with psycopg.connect(server.of("postgres", "pa55-of-root", "abonent")) as connection:
        owners = connection.execute(
            "SELECT DISTINCT relowner::regrole::text FROM pg_class c"
            "  JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = ANY (%s)",
            (["access", "audit", "charging", "jobs", "ledger", "messaging", "storage"],),
        ).fetchall()
    assert owners == [("abonent_owner",)]


def test_whoever_may_not_migrate_is_told_what_is_missing(server: GivenServer, fresh: Path) -> None:
    server.execute("CREATE ROLE guest LOGIN PASSWORD 'pa55-of-guest'", "CREATE DATABASE empty")
    url = server.of("guest", "pa55-of-guest", "empty")
    told = running.run(fresh, "migrate", ABONENT_DATABASE_URL=url)
    assert told.returncode == 1
    assert len(told.stderr.strip().splitlines()) == 1, told.stderr
    assert "may not migrate" in told.stderr


def test_the_app_serves_and_works_as_a_member_of_its_role(
    urls: dict[str, str], fresh: Path
) -> None:
    only_app = {"ABONENT_DATABASE_URL": urls["ABONENT_DATABASE_URL"]}
    with process(fresh, only_app, "serve") as web, process(fresh, only_app, "work") as worker:
        running.until(lambda: running.answers(web), running.START_SECONDS)
        assert sign_in_status(web) == 401
        for one in (web, worker):
            assert one.process.poll() is None, one.log
            one.process.send_signal(signal.SIGTERM)
            assert one.process.wait(running.STOP_SECONDS) in (0, -signal.SIGTERM)
    assert "Traceback" not in web.log
    assert "pa55" not in web.log


def test_serve_and_work_outlive_a_restart_of_the_server(
    server: GivenServer, urls: dict[str, str], fresh: Path
) -> None:
    """A worker that stood still for ever, seeming alive, would be worse than one that ends."""
    with process(fresh, urls, "serve") as web, process(fresh, urls, "work") as worker:
        running.until(lambda: running.answers(web), running.START_SECONDS)
        running.until(lambda: ticked(server) > 0, 30)
        server.stop()
        running.until(lambda: sign_in_status(web) == 503, 30)
        time.sleep(3)
        before = time.time()
        server.start()
        running.until(lambda: sign_in_status(web) == 401, 30)
        running.until(lambda: ticked(server) > before, 60)
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(running.STOP_SECONDS) == 0


def test_work_stops_in_time_without_a_database(
    server: GivenServer, urls: dict[str, str], fresh: Path
) -> None:
    with process(fresh, urls, "work") as worker:
        before = time.time()
        running.until(lambda: ticked(server) > before, running.START_SECONDS)
        server.stop()
        try:
            time.sleep(2)
            worker.process.send_signal(signal.SIGTERM)
            assert worker.process.wait(2 * running.STOP_SECONDS) == 0
        finally:
            server.start()


def sign_in_status(web: Demo) -> int:
    status, _ = web.ask("/api/v1/sessions", {"msisdn": "375330000001", "password": "zebra274"})
    return status


def ticked(server: GivenServer) -> int:
    """When the clock of a worker has started work for the last time, in seconds of the epoch."""
    with psycopg.connect(server.of("postgres", "pa55-of-root", "abonent")) as connection:
        row = connection.execute(
            "SELECT coalesce(max(defer_timestamp), 0) FROM jobs.procrastinate_periodic_defers"
        ).fetchone()
        assert row is not None
        return int(row[0])


def test_the_demo_runs_on_it_and_leaves_the_server_alone(
    server: GivenServer, urls: dict[str, str], fresh: Path
) -> None:
    demo = running.start(fresh, **urls)
    assert demo.signs_in("375330000001", "anna2026")
    assert demo.stop() == 0, demo.log
    assert running.nothing_lives(fresh)
    assert not (fresh / "data" / "postgres").exists()
    server.execute("SELECT 1")
