"""The embedded server survives kill -9: of itself, of who started it, and what both leave lying."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from abonent.storage.embedded import EmbeddedServer, ServerFailed, erase
from abonent.storage.embedded_account import server_account

SMALL = {"shared_buffers": "16MB"}
OWNER = """
import signal, sys, time
from pathlib import Path
from abonent.storage.embedded import EmbeddedServer
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job would ignore it
server = EmbeddedServer(Path(sys.argv[1]), settings={"shared_buffers": "16MB"},
                        grace_seconds=float(sys.argv[2]))
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""
HOLD = """
import fcntl, sys, time
file = open(sys.argv[1], "r+")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="abonent-embedded-"))
    yield made
    erase(made)


def ask(server: EmbeddedServer, statement: str) -> object:
    url = server.dsn("postgres", "postgres")
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def owner(folder: Path, grace_seconds: float) -> tuple[subprocess.Popen[str], int]:
    """Another process that started the server of `folder`, and the server's pid."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder), str(grace_seconds)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def wait_until(done: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def pid_of(server: EmbeddedServer) -> int:
    assert server.pid is not None
    return server.pid


def test_a_committed_row_survives_kill_9_of_the_server(folder: Path) -> None:
    with EmbeddedServer(folder, settings=SMALL) as server:
        ask(server, "CREATE TABLE kept AS SELECT 42 AS figure")
        killed = pid_of(server)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: server.pid is None)
        server.start()
        assert pid_of(server) != killed
        assert ask(server, "SELECT figure FROM kept") == 42


def test_a_backend_that_outlives_its_killed_server_is_ended_first(folder: Path) -> None:
    with EmbeddedServer(folder, settings=SMALL) as server:
        ask(server, "CREATE TABLE kept AS SELECT 42 AS figure")
        busy = "SELECT count(*) FROM generate_series(1, 100000000000) a WHERE a < 0"

        def work() -> None:
            with suppress(psycopg.OperationalError):
                ask(server, f"SET max_parallel_workers_per_gather = 0; {busy}")

        thread = threading.Thread(target=work)
        thread.start()
        count = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate_series%'"
        wait_until(lambda: ask(server, count) == 2)
        os.kill(pid_of(server), signal.SIGKILL)
        server.start()
        thread.join(timeout=5)
        assert not thread.is_alive()
        assert ask(server, "SELECT figure FROM kept") == 42


def test_a_new_process_adopts_the_server_of_a_killed_owner(folder: Path) -> None:
    process, pid = owner(folder, grace_seconds=60)
    kill(process)
    with EmbeddedServer(folder, settings=SMALL) as server:
        assert server.pid == pid
        assert ask(server, "SELECT 1") == 1
    assert server.pid is None


def test_owner_and_server_killed_together_leave_a_folder_that_starts(folder: Path) -> None:
    process, pid = owner(folder, grace_seconds=60)
    server = EmbeddedServer(folder, settings=SMALL)
    ask(server, "CREATE TABLE kept AS SELECT 42 AS figure")
    kill(process)
    os.kill(pid, signal.SIGKILL)
    with server:
        assert ask(server, "SELECT figure FROM kept") == 42


def test_the_server_ends_when_its_last_user_was_killed(folder: Path) -> None:
    process, pid = owner(folder, grace_seconds=0.2)
    server = EmbeddedServer(folder)
    assert server.pid == pid
    kill(process)
    wait_until(lambda: server.pid is None)
    assert "database system is shut down" in server.log_path.read_text()


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(folder: Path) -> None:
    process, pid = owner(folder, grace_seconds=60)
    assert os.getpgid(pid) != os.getpgid(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate()
    server = EmbeddedServer(folder)
    assert server.pid == pid
    assert ask(server, "SELECT 1") == 1
    with server:
        pass


def test_stale_locks_that_name_a_living_process_are_seen_through(folder: Path) -> None:
    with EmbeddedServer(folder, settings=SMALL) as server:
        ask(server, "CREATE TABLE kept AS SELECT 42 AS figure")
        cluster = Path(str(ask(server, "SHOW data_directory")))
        pid_file = (cluster / "postmaster.pid").read_text()
        os.kill(pid_of(server), signal.SIGKILL)
        wait_until(lambda: server.pid is None)
    # The number went to another process of the same user: PostgreSQL alone would give up here.
    other = server_account().popen(["sleep", "60"], output=subprocess.DEVNULL)
    try:
        lines = [str(other.pid), *pid_file.split("\n")[1:]]
        for stale in (cluster / "postmaster.pid", folder / "run/.s.PGSQL.5432.lock"):
            stale.write_text("\n".join(lines))
            server_account().own(stale)
        with server:
            assert ask(server, "SELECT figure FROM kept") == 42
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_server_that_still_holds_the_cluster_is_never_joined_by_a_second(folder: Path) -> None:
    """As seen from another container: the pid means nothing here, but the lock is held."""
    with EmbeddedServer(folder, settings=SMALL) as server:
        cluster = Path(str(ask(server, "SHOW data_directory")))
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder / "serving.lock")],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None and holder.stdout.readline()
        (cluster / "postmaster.pid").write_text("999999\n")
        with pytest.raises(ServerFailed, match="another container"):
            server.start()
        assert (cluster / "postmaster.pid").exists()
    finally:
        kill(holder)


def test_a_half_made_cluster_is_made_anew(folder: Path) -> None:
    folder.joinpath("turn.lock").touch()
    half = folder / "cluster.new" / "base"
    half.mkdir(parents=True)
    half.joinpath("torn").write_text("half a page")
    with EmbeddedServer(folder, settings=SMALL) as server:
        assert ask(server, "SELECT 1") == 1
    assert not half.exists()
