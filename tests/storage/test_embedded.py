"""The embedded server keeps what was committed, lets in nobody else, and starts again quickly."""

import asyncio
import os
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psycopg
import pytest

from abonent.storage.embedded import EmbeddedServer, ServerFailed, ServerNotFound, erase
from abonent.storage.embedded_binaries import find_binaries

SMALL = {"shared_buffers": "16MB"}


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not tmp_path: its parents are closed to the user that the server of a root runs as.
    made = Path(tempfile.mkdtemp(prefix="abonent-embedded-"))
    yield made
    erase(made)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(folder, settings=SMALL) as started:
        yield started


def ask(server: EmbeddedServer, statement: str) -> object:
    """First value of one statement, committed, as the role `postgres`."""
    url = server.dsn("postgres", "postgres")
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


async def role_over_asyncpg(url: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval("SELECT current_user")
    finally:
        await connection.close()


def test_a_committed_row_is_there_after_a_second_start_within_five_seconds(folder: Path) -> None:
    server = EmbeddedServer(folder, settings=SMALL)
    begin = time.monotonic()
    with server:
        first = time.monotonic() - begin
        ask(server, "CREATE TABLE kept AS SELECT 42 AS figure")
    assert server.pid is None
    begin = time.monotonic()
    with server:
        second = time.monotonic() - begin
        assert ask(server, "SELECT figure FROM kept") == 42
    print(f"first start {first:.2f} s, second start {second:.2f} s")
    assert second < 5


def test_the_cluster_is_private_and_nothing_listens_on_a_port(server: EmbeddedServer) -> None:
    cluster = Path(str(ask(server, "SHOW data_directory")))
    assert stat.S_IMODE(cluster.stat().st_mode) == 0o700
    for path in (cluster.parent, server.log_path):
        assert stat.S_IMODE(path.stat().st_mode) & 0o067 == 0
    open_sockets = {
        os.readlink(link)
        for link in Path(f"/proc/{server.pid}/fd").iterdir()
        if os.readlink(link).startswith("socket:")
    }
    listed = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    on_tcp = {f"socket:[{line.split()[9]}]" for line in listed.splitlines() if ":" in line}
    assert open_sockets and not open_sockets & on_tcp


def test_both_drivers_take_the_connection_string_whatever_pgport_says(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "1")
    ask(server, "CREATE ROLE abonent_app LOGIN")
    url = server.dsn("abonent_app", "postgres")
    assert asyncio.run(role_over_asyncpg(url)) == "abonent_app"
    with psycopg.connect(url) as other:
        assert other.execute("SELECT current_user").fetchone() == ("abonent_app",)


def test_a_fifth_role_gets_no_way_in(server: EmbeddedServer) -> None:
    ask(server, "CREATE ROLE stranger LOGIN SUPERUSER")
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba.conf entry"):
        psycopg.connect(server.dsn("stranger", "postgres"))


def test_the_server_is_utf8_with_byte_order_and_safe_settings(server: EmbeddedServer) -> None:
    wanted = {
        "server_encoding": "UTF8",
        "lc_collate": "C",
        "TimeZone": "UTC",
        "fsync": "on",
        "synchronous_commit": "on",
        "listen_addresses": "",
        "password_encryption": "scram-sha-256",
        "data_checksums": "on",
        "log_error_verbosity": "terse",
    }
    shown = "SELECT setting FROM pg_settings WHERE name = '{}'"
    if ask(server, "SHOW server_version_num") >= "160000":  # type: ignore[operator]
        del wanted["lc_collate"]
    assert {name: ask(server, shown.format(name)) for name in wanted} == wanted
    collate = "SELECT datcollate FROM pg_database WHERE datname = 'template1'"
    assert ask(server, collate) == "C"


def test_a_failing_statement_does_not_reach_the_log(server: EmbeddedServer) -> None:
    with psycopg.connect(server.dsn("postgres", "postgres"), autocommit=True) as connection:
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT 'secret-in-text' FROM nowhere")
        connection.execute("CREATE TABLE one (code text PRIMARY KEY)")
        connection.execute("INSERT INTO one VALUES (%s)", ["secret-value"])
        with pytest.raises(psycopg.Error):
            connection.execute("INSERT INTO one VALUES (%s)", ["secret-value"])
    log = server.log_path.read_text()
    assert "nowhere" in log
    assert "secret" not in log


def test_laws_of_the_server_cannot_be_set(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="listen_addresses"):
        EmbeddedServer(tmp_path, settings={"listen_addresses": "*"})


def test_a_deep_folder_gets_its_socket_elsewhere(folder: Path) -> None:
    folder.rmdir()
    deep = folder.with_name(f"{folder.name}-{'deep' * 30}")
    try:
        with EmbeddedServer(deep, settings=SMALL) as server:
            url = server.dsn("postgres", "postgres")
            assert ask(server, "SELECT 1") == 1
            assert EmbeddedServer(deep).dsn("postgres", "postgres") == url
            sockets = Path(str(ask(server, "SHOW unix_socket_directories")).strip('"'))
            assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
            assert deep not in sockets.parents
    finally:
        erase(deep)
    assert not sockets.exists()


def test_two_starts_at_once_share_one_server_and_the_last_one_ends_it(folder: Path) -> None:
    both = [EmbeddedServer(folder, settings=SMALL) for _ in range(2)]
    threads = [threading.Thread(target=server.start) for server in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one, other = both
    assert one.pid is not None and one.pid == other.pid
    one.stop()
    assert ask(other, "SELECT 1") == 1
    with pytest.raises(ServerFailed, match="in use"):
        erase(folder)
    other.stop()
    assert other.pid is None


def test_another_process_joins_a_running_server(server: EmbeddedServer, folder: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from abonent.storage.embedded import *\n"
        "with EmbeddedServer(Path(sys.argv[1])) as server: print(server.pid)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, folder], check=True, capture_output=True, text=True
    )
    assert int(told.stdout) == server.pid
    assert ask(server, "SELECT 1") == 1


def test_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    treasure = tmp_path / "letters.txt"
    treasure.write_text("mine")
    with pytest.raises(ServerFailed, match="not made by Abonent"):
        EmbeddedServer(tmp_path).start()
    with pytest.raises(ServerFailed, match="not made by Abonent"):
        erase(tmp_path)
    assert treasure.read_text() == "mine"


def test_erasing_deletes_the_folder_and_a_new_start_is_empty(folder: Path) -> None:
    with EmbeddedServer(folder, settings=SMALL) as server:
        ask(server, "CREATE TABLE kept ()")
    erase(folder)
    assert not folder.exists()
    with EmbeddedServer(folder, settings=SMALL) as server:
        assert ask(server, "SELECT to_regclass('kept')") is None


def test_a_server_that_cannot_start_says_why_in_one_paragraph(folder: Path) -> None:
    with pytest.raises(ServerFailed, match=r"did not start.*nonsense.*server\.log") as failure:
        EmbeddedServer(folder, settings={"wal_level": "nonsense"}).start()
    assert "\n" not in str(failure.value)


def test_missing_programs_name_the_three_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ABONENT_POSTGRES_BIN", raising=False)
    with pytest.raises(ServerNotFound) as failure:
        find_binaries(major=99)
    for way in ("apt-get install", "abonent[embedded]", "ABONENT_DATABASE_URL"):
        assert way in str(failure.value)
    assert "\n" not in str(failure.value)


def test_a_wrong_named_folder_is_refused_by_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABONENT_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(ServerNotFound, match="lacks initdb, postgres, pg_ctl"):
        find_binaries()
