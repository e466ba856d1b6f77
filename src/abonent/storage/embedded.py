"""The embedded PostgreSQL: a private server in a folder, for the machine that has none to offer.

Several processes may use one folder at once: the first starts the server, the others join it,
the last one to `stop` ends it. Kill -9 of a user, of the server or of both leaves nothing that
the next `start` cannot take up: a healthy server is adopted, a dead one cleared away and
recovered from its log. What was committed is still there. Only a unix socket with peer
authentication leads in; see `embedded_cluster` for the rules, `embedded_account` for root.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import quote

from abonent.storage import embedded_watch
from abonent.storage.embedded_account import server_account
from abonent.storage.embedded_binaries import binaries_for, find_binaries
from abonent.storage.embedded_cluster import (
    check_settings,
    command,
    create_cluster,
    major_of,
    write_access,
)
from abonent.storage.embedded_failures import ServerFailed, ServerNotFound
from abonent.storage.embedded_lock import IN_USE, TURN, Lock, turn
from abonent.storage.embedded_place import Place, claim, known_place, make_place
from abonent.storage.embedded_process import (
    STOP_SECONDS,
    Running,
    answers,
    clear_away,
    running,
    stop_server,
)

__all__ = ["EmbeddedServer", "ServerFailed", "ServerNotFound", "erase", "find_binaries"]

# Recovery after a crash replays at most `max_wal_size`; on a slow disk that takes its time.
_READY_SECONDS = 600.0
_LOG_BYTES = 10_000_000
# Children that outlive our own use: kept, so that Python does not call them forgotten.
_LEFT_TO_OTHERS: list[subprocess.Popen[bytes]] = []
_NOTHING: Mapping[str, str] = MappingProxyType({})


class EmbeddedServer:
    """One process's use of the server in `folder`.

    `settings` are PostgreSQL settings for the case that this process starts the server (they do
    not change one that runs already). `grace_seconds`: how long the server waits for a new user
    after the last one was killed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        settings: Mapping[str, str] = _NOTHING,
        grace_seconds: float = 10.0,
    ) -> None:
        check_settings(settings)
        self._folder = Path(os.path.realpath(folder))
        self._settings = dict(settings)
        self._grace_seconds = grace_seconds
        self._use: Lock | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server, or join the one that runs; returns when it takes connections.

        Raises ServerNotFound or ServerFailed. A second call does nothing while the server runs
        and starts it again when it has died meanwhile.
        """
        try:
            folder = claim(self._folder)
            with turn(folder):
                self._start_in_turn(make_place(folder))
        except OSError as error:
            raise ServerFailed(
                f"The database in {self._folder} cannot be started: {error}. Correct this (a "
                "full disk and missing rights are the usual reasons), and start again."
            ) from error

    def stop(self) -> None:
        """Stop using the server; the last user ends it, cleanly. Harmless when not started.

        Raises ServerFailed when the server does not end.
        """
        use = self._use
        place = known_place(self._folder) if use is not None else None
        if use is None or place is None:
            return
        with turn(self._folder):
            self._use = None
            try:
                if not use.take():  # gives up our share first; others still use it
                    _LEFT_TO_OTHERS.extend(filter(None, (self._child, self._watcher)))
                    return
                stop_server(place, self._reap)
            finally:
                use.free()
        self._bury()

    def dsn(self, role: str, database: str) -> str:
        """Connection string for asyncpg, psycopg and libpq, valid for this OS user only.

        The port is named because both drivers would otherwise obey PGPORT. Raises ServerFailed
        when the folder holds no database yet.
        """
        place = self._place()
        server = running(place.cluster)
        folder = (server.socket_folder if server else None) or place.socket_folder()
        who, where = quote(role, safe=""), quote(database, safe="")
        return f"postgresql://{who}@/{where}?host={quote(str(folder), safe='/')}&port=5432"

    @property
    def pid(self) -> int | None:
        """Process id of the running server, None when none runs."""
        place = known_place(self._folder)
        server = running(place.cluster) if place else None
        return server.pid if server else None

    @property
    def log_path(self) -> Path:
        """The server's log file; it exists after the first start."""
        place = known_place(self._folder)
        return (place or Place(self._folder, self._folder, server_account())).log

    def _place(self) -> Place:
        place = known_place(self._folder)
        if place is None:
            raise ServerFailed(f"There is no database in {self._folder} yet. Start it first.")
        return place

    def _start_in_turn(self, place: Place) -> None:
        use = self._use or Lock(place.folder / IN_USE)
        if not use.take(shared=True, seconds=5.0):
            raise ServerFailed(f"The lock {use.path} is held by a foreign program. End it.")
        try:
            server = self._adopt(place)
            if server is None:
                self._spawn(place)
            else:
                self._watch(place, server.pid)
        except BaseException:
            use.free()
            self._use = None
            raise
        self._use = use

    def _adopt(self, place: Place) -> Running | None:
        deadline = time.monotonic() + _READY_SECONDS
        while server := running(place.cluster):
            if answers(server):
                return server
            if server.ready or time.monotonic() > deadline:
                stop_server(place, self._reap)
            time.sleep(0.05)  # it is starting, recovering or stopping
        return None

    def _spawn(self, place: Place) -> None:
        major = major_of(place.cluster)
        binaries = binaries_for(place.account, find_binaries(major), place.home / "programs")
        if major is None:
            create_cluster(place, binaries)
        write_access(place)
        socket_folder = place.make_socket_folder()
        if place.log.exists() and place.log.stat().st_size > _LOG_BYTES:
            place.log.replace(place.log.with_suffix(".log.1"))
        argv = command(place, binaries, socket_folder, self._settings)
        log = os.open(place.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        serving = clear_away(place)
        try:
            self._bury()
            begin = os.fstat(log).st_size
            self._child = place.account.popen(argv, output=log, keep=(serving.file,))
        finally:
            serving.free()
            os.close(log)
        try:
            self._watch(place, self._child.pid)  # before it is ready: recovery may take minutes
            self._wait_until_ready(place, self._child, begin)
        except BaseException:
            self._end_child()
            raise

    def _wait_until_ready(self, place: Place, child: subprocess.Popen[bytes], begin: int) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while child.poll() is None and time.monotonic() < deadline:
            server = running(place.cluster)
            if server and server.pid == child.pid and answers(server):
                return
            time.sleep(0.02)
        raise ServerFailed(
            f"The database server did not start. It said: «{_last_words(place.log, begin)}». "
            f"The whole log is {place.log}. Correct this, and start again."
        )

    def _end_child(self) -> None:
        """End a server that was not to be, before anybody else could join it."""
        if self._child is not None:
            self._child.send_signal(signal.SIGINT)  # nothing happens if it is dead already
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(STOP_SECONDS)
                self._bury()

    def _watch(self, place: Place, server: int) -> None:
        if not sys.executable or (self._watcher and self._watcher.poll() is None):
            return
        dropped = place.account.dropped
        account = (place.account.uid, place.account.gid) if dropped else (-1, -1)
        facts = (place.folder, place.cluster, server, *account, self._grace_seconds)
        with suppress(OSError):  # without it the server only stays on when we are killed
            self._watcher = subprocess.Popen(
                [sys.executable, "-I", "-S", embedded_watch.__file__, *map(str, facts)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )

    def _reap(self) -> int | None:
        return self._child.poll() if self._child else None

    def _bury(self) -> None:
        """Collect the children of a server that is over."""
        if self._watcher is not None:
            self._watcher.terminate()
        for child in filter(None, (self._watcher, self._child)):
            child.wait()
        self._watcher = self._child = None


def erase(folder: Path) -> None:
    """Stop the server of `folder` and delete the database for good; nothing there is no error.

    Raises ServerFailed when another process uses it, or the folder is not ours.
    """
    folder = Path(os.path.realpath(folder))
    if not folder.exists():
        return
    if not (claim(folder) / TURN).exists():
        return
    with turn(folder):
        use = Lock(folder / IN_USE)
        if not use.take():
            raise ServerFailed(
                f"The database in {folder} is in use, so it is not erased. Stop the Abonent "
                "processes that use it first."
            )
        try:
            place = known_place(folder) or Place(folder, folder, server_account())
            stop_server(place, lambda: None)
            place.remove()
        finally:
            use.free()


def _last_words(log: Path, begin: int) -> str:
    with open(log, "rb") as file:
        file.seek(begin)
        lines = file.read(100_000).decode(errors="replace").splitlines()
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines[-3:]
    return " ".join(line.split("] ", 1)[-1].strip() for line in telling[-3:]) or "nothing"
