"""Which OS users run the embedded server and which get in: root, an ordinary user, a stranger."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from abonent.storage.embedded import EmbeddedServer, ServerFailed, erase, find_binaries
from abonent.storage.embedded_account import SERVER_UID, Account

SMALL = {"shared_buffers": "16MB"}
NOBODY = 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as other users")

# Imports come first: the stranger may not be able to read the interpreter's folders.
AS_NOBODY = f"""
import asyncio, encodings.idna, os, sys
from pathlib import Path
import asyncpg, psycopg
import abonent.storage.embedded as embedded
os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
"""
CONNECT = f"""{AS_NOBODY}
async def connect():
    await asyncpg.connect(sys.argv[1], timeout=5)
try:
    asyncio.run(connect())
    print("came in")
except Exception as error:
    print(type(error).__name__, error)
"""
ORDINARY = f"""{AS_NOBODY}
folder = Path(sys.argv[1])
with embedded.EmbeddedServer(folder, settings={SMALL!r}) as server:
    with psycopg.connect(server.dsn("postgres", "postgres")) as connection:
        print(connection.execute("SELECT 'came in'").fetchone()[0])
    print(os.stat(f"/proc/{{server.pid}}").st_uid, oct(folder.stat().st_mode & 0o777))
embedded.erase(folder)
print(folder.exists())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="abonent-embedded-"))
    yield made
    erase(made)


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder closed to everybody but root, like /root."""
    made = Path(tempfile.mkdtemp(prefix="abonent-closed-"))
    made.chmod(0o700)
    yield made
    shutil.rmtree(made)


def ask(server: EmbeddedServer, statement: str) -> object:
    with psycopg.connect(server.dsn("postgres", "postgres")) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return row[0] if row else None


def program(text: str, argument: str) -> str:
    told = subprocess.run(
        [sys.executable, "-c", text, argument], capture_output=True, text=True, check=False
    )
    return told.stdout + told.stderr


def uid_of(pid: int | None) -> int:
    return os.stat(f"/proc/{pid}").st_uid


@needs_root
def test_another_user_is_kept_out_by_the_folder_and_behind_it_by_peer(folder: Path) -> None:
    with EmbeddedServer(folder, settings=SMALL) as server:
        url = server.dsn("postgres", "postgres")
        assert program(CONNECT, url).startswith("PermissionError")
        folder.chmod(0o711)
        (folder / "run").chmod(0o711)
        (folder / "run/.s.PGSQL.5432").chmod(0o777)
        answer = program(CONNECT, url)
    assert "Peer authentication failed" in answer or "peer authentication failed" in answer.lower()


@needs_root
def test_root_hands_the_server_to_an_account_of_its_own_and_keeps_the_rules(folder: Path) -> None:
    with EmbeddedServer(folder, settings=SMALL) as server:
        assert uid_of(server.pid) == SERVER_UID
        assert (folder / "cluster").stat().st_uid == SERVER_UID
        for kept in ("pg_hba.conf", "pg_ident.conf", "server.log"):
            state = (folder / kept).stat()
            assert state.st_uid == 0
            assert stat.S_IMODE(state.st_mode) & 0o027 == 0
        assert stat.S_IMODE(folder.stat().st_mode) == 0o710


@needs_root
def test_a_superuser_of_the_database_cannot_change_who_may_enter(folder: Path) -> None:
    with EmbeddedServer(folder, settings=SMALL) as server:
        rules = (folder / "pg_hba.conf").read_text()
        with (
            pytest.raises(psycopg.Error),
            psycopg.connect(server.dsn("postgres", "postgres"), autocommit=True) as connection,
        ):
            connection.execute(
                f"COPY (SELECT 'local all all trust') TO PROGRAM 'cat > {folder}/pg_hba.conf'"
            )
        assert (folder / "pg_hba.conf").read_text() == rules


@needs_root
def test_an_ordinary_user_runs_everything_as_himself() -> None:
    parent = Path(tempfile.mkdtemp(prefix="abonent-embedded-"))
    os.chown(parent, NOBODY, NOBODY)
    answer = program(ORDINARY, str(parent / "own"))
    shutil.rmtree(parent)
    assert answer.split("\n")[:3] == ["came in", f"{NOBODY} 0o700", "False"]


@needs_root
def test_a_folder_of_another_user_is_refused(folder: Path) -> None:
    with EmbeddedServer(folder, settings=SMALL):
        pass
    os.chown(folder, NOBODY, NOBODY)
    try:
        with pytest.raises(ServerFailed, match="belongs to another user"):
            EmbeddedServer(folder).start()
    finally:
        os.chown(folder, 0, SERVER_UID)


@needs_root
def test_under_a_closed_folder_the_database_lives_elsewhere_and_is_found_again(
    closed: Path,
) -> None:
    folder = closed / "database"
    with EmbeddedServer(folder, settings=SMALL) as server:
        home = Path(str(ask(server, "SHOW data_directory"))).parent
        assert closed not in home.parents
        assert (folder / "elsewhere").read_text().strip() == str(home)
    with EmbeddedServer(folder, settings=SMALL) as server:
        assert Path(str(ask(server, "SHOW data_directory"))).parent == home
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    erase(folder)
    assert not home.exists() and not folder.exists()


@needs_root
def test_programs_in_a_closed_folder_are_copied_once_and_work(
    closed: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = find_binaries().resolve()
    shutil.copytree(found.parent, closed / "install")
    monkeypatch.setenv("ABONENT_POSTGRES_BIN", str(closed / "install" / found.name))
    with EmbeddedServer(folder, settings=SMALL) as server:
        assert ask(server, "SELECT 1") == 1
        assert uid_of(server.pid) == SERVER_UID
        used = Path(os.readlink(f"/proc/{server.pid}/exe"))
    assert folder / "programs" in used.parents
    assert used.stat().st_uid == 0
    made = used.stat().st_ctime_ns
    with EmbeddedServer(folder, settings=SMALL) as server:
        assert used.stat().st_ctime_ns == made
    assert len(list((folder / "programs").iterdir())) == 1


def test_an_account_passes_only_where_its_rights_let_it(tmp_path: Path) -> None:
    stranger = Account(uid=os.geteuid() + 12345, gid=12345, dropped=True)
    tmp_path.chmod(0o700)
    assert not stranger.passes(tmp_path)
    assert stranger.passes(Path("/"))
