"""A PostgreSQL server as an operator has one: on a port, with passwords, not started by us."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from abonent.storage.embedded_account import initdb_account
from abonent.storage.embedded_binaries import find_binaries
from tests.system.running import free_port

_PASSWORD = "pa55-of-root"
_SETTINGS = {"listen_addresses": "127.0.0.1", "fsync": "off", "shared_buffers": "32MB"}


class GivenServer:
    """`url` belongs to its superuser."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._account = initdb_account()
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = self.of("postgres", _PASSWORD, "postgres")

    def of(self, user: str, password: str, database: str) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self._port}/{database}"

    def make(self) -> None:
        self._account.own(self._folder)
        secret = self._folder / "password"
        secret.write_text(_PASSWORD)
        self._account.own(secret)
        argv = [str(find_binaries() / "initdb"), "-D", str(self._folder / "cluster")]
        argv += [
            "-U",
            "postgres",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            f"--pwfile={secret}",
            "--no-sync",
        ]
        done = self._account.popen(argv, output=subprocess.PIPE)
        said, _ = done.communicate(timeout=120)
        assert done.returncode == 0, said.decode()

    def start(self) -> None:
        argv = [str(find_binaries() / "postgres"), "-D", str(self._folder / "cluster")]
        argv += ["-p", str(self._port), "-k", str(self._folder)]
        for name, value in _SETTINGS.items():
            argv += ["-c", f"{name}={value}"]
        log = os.open(self._folder / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._process = self._account.popen(argv, output=log)
        os.close(log)
        end = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                assert time.monotonic() < end, (self._folder / "log").read_text()
                time.sleep(0.1)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """As the superuser, each committed by itself."""
        url = self.of("postgres", _PASSWORD, database)
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@contextmanager
def given_server() -> Iterator[GivenServer]:
    folder = Path(tempfile.mkdtemp(prefix="abonent-given-"))
    server = GivenServer(folder)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
