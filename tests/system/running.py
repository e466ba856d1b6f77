"""Real `abonent` processes, seen from outside: what they answer, print, and leave behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from abonent.storage import erase

PROGRAM = (sys.executable, "-m", "abonent")
# What a start may take on a machine that does other things as well; figures are asserted apart.
START_SECONDS = 120
STOP_SECONDS = 20

_OURS = ("ABONENT_", "PG")


@dataclass
class Demo:
    """A running demo. `folder` holds its data and `log`, everything it has printed."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    seconds: float

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, body: object = None, token: str = "") -> tuple[int, object]:
        """Status and JSON of a GET, or of a POST of `body`."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(
            f"{self.address}{path}",
            None if body is None else json.dumps(body).encode(),
            headers,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def dial(self, msisdn: str, text: str) -> str:
        """The first screen of a USSD dialogue."""
        status, shown = self.ask("/demo/ussd", {"msisdn": msisdn, "text": text})
        assert status == 200 and isinstance(shown, dict)
        return str(shown["text"])

    def signs_in(self, msisdn: str, password: str) -> bool:
        status, _ = self.ask("/api/v1/sessions", {"msisdn": msisdn, "password": password})
        return status == 201

    def child(self, *words: str) -> int:
        """The process of ours whose command line has all these words."""
        found = [
            pid for pid, line in living(self.folder).items() if all(word in line for word in words)
        ]
        assert len(found) == 1, living(self.folder)
        return found[0]

    def stop(self, *signals: int) -> int:
        """Send the signals one after the other; the exit status."""
        for signum in signals or (signal.SIGINT,):
            self.process.send_signal(signum)
            time.sleep(0.3)
        return self.process.wait(STOP_SECONDS)


@contextmanager
def place() -> Iterator[Path]:
    """A folder for a demo, and nothing of it left afterwards, whatever happened in between."""
    folder = Path(tempfile.mkdtemp(prefix="abonent-system-"))
    # Not tmp_path, and open to pass: the server of a root runs as somebody else.
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        for pid in living(folder):
            kill(pid)
        erase(folder / "data" / "postgres")
        shutil.rmtree(folder)


def environ(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a process that keeps its data in `folder`, without what ours sets."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    if programs := os.environ.get("ABONENT_POSTGRES_BIN"):
        kept["ABONENT_POSTGRES_BIN"] = programs
    return {**kept, "ABONENT_DATA": str(folder / "data"), **more}


def launch(folder: Path, **variables: str) -> Demo:
    """Start a demo without waiting for it."""
    port = free_port()
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [*PROGRAM, "demo", "--subscribers", "10"],
            env=environ(folder, ABONENT_PORT=str(port), **variables),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Demo(folder, port, process, 0.0)


def start(folder: Path, **variables: str) -> Demo:
    """Start a demo; returns when home answers."""
    begin = time.monotonic()
    demo = launch(folder, **variables)
    until(lambda: answers(demo) or demo.process.poll() is not None, START_SECONDS)
    assert demo.process.poll() is None, demo.log
    demo.seconds = time.monotonic() - begin
    return demo


def answers(demo: Demo) -> bool:
    try:
        with urllib.request.urlopen(f"{demo.address}/sign-in", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `abonent` to its end."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        env=environ(folder, **variables),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def living(folder: Path) -> dict[int, str]:
    """The processes that have to do with a folder, with their command lines: it stands there, in
    their environment, or they work in it."""
    mark, found = str(folder), {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        line = _read(entry / "cmdline")
        try:
            works_in = os.readlink(entry / "cwd")
        except OSError:  # gone, or a zombie: it does nothing any more
            continue
        if mark in line or mark in works_in or mark in _read(entry / "environ"):
            found[int(entry.name)] = line
    return found


def until(done: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"not within {seconds} seconds"
        time.sleep(0.1)


def nothing_lives(folder: Path, seconds: float = 0.0) -> bool:
    """Whether no process of the folder is left, or soon will be."""
    end = time.monotonic() + seconds
    while living(folder) and time.monotonic() < end:
        time.sleep(0.2)
    return not living(folder)


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _read(file: Path) -> str:
    try:
        return file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
