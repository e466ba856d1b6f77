"""The running server as the operating system shows it: whose process, alive, answering, stopped.

`postmaster.pid` says which process serves a cluster, but after kill -9 it is stale, and its
number may belong to anybody by now. So nothing is believed of it, and no signal is sent, before
the kernel confirms that the process is a `postgres` with this cluster as its working folder.
"""

import os
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from abonent.storage.embedded_failures import ServerFailed
from abonent.storage.embedded_lock import SERVING, Lock
from abonent.storage.embedded_place import SOCKET, Place

PID_FILE = "postmaster.pid"
STOP_SECONDS = 60.0
# The SSLRequest message of the PostgreSQL protocol: answered by one byte before any sign-in.
_HELLO = struct.pack("!ii", 8, 80877103)
_PROC = Path("/proc")


@dataclass(frozen=True)
class Running:
    """A live server process of one cluster, as its pid file describes it."""

    pid: int
    socket_folder: Path | None
    ready: bool


def running(cluster: Path) -> Running | None:
    """The live server of `cluster`, or None when there is no such process (or a dead one)."""
    lines = _pid_lines(cluster)
    if not lines or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    if not _serves(pid, cluster):
        return None
    socket_folder = Path(lines[4]) if len(lines) > 4 and lines[4] else None
    return Running(pid, socket_folder, len(lines) > 7 and lines[7].strip() == "ready")


def answers(server: Running, *, seconds: float = 10.0) -> bool:
    """Whether the server takes connections: it says so and a new backend replies in time."""
    if not server.ready or server.socket_folder is None:
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(seconds)
            line.connect(str(server.socket_folder / SOCKET))
            line.sendall(_HELLO)
            return line.recv(1) != b""
    except OSError:
        return False


def stop_server(place: Place, reap: Callable[[], object]) -> None:
    """Stop the server of `place`: fast, then at once; open transactions are rolled back.

    `reap` is called while waiting, so that a child of this process does not stay a zombie.
    Raises ServerFailed when the process survives even kill -9.
    """
    steps = (
        (signal.SIGINT, STOP_SECONDS),
        (signal.SIGQUIT, 10.0),
        (signal.SIGKILL, 10.0),
    )
    for kind, seconds in steps:
        server = running(place.cluster)
        if server is None:
            break
        _signal(server.pid, kind)
        deadline = time.monotonic() + seconds
        while running(place.cluster) and time.monotonic() < deadline:
            time.sleep(0.02)
            reap()
    server = running(place.cluster)
    if server is not None:
        raise ServerFailed(
            f"The database server, process {server.pid}, does not end. Its disk may hang; look "
            f"at the process and the disk of {place.home}, end it, and start again."
        )
    clear_away(place).free()
    reap()


def clear_away(place: Place) -> Lock:
    """End what a killed server left behind: its orphaned backends, its pid and socket files.

    Returns the `serving` lock, taken. Call it only when `running` says None. The files may go
    only after the last process is out of the cluster: two servers at once in one cluster destroy
    it. Raises ServerFailed when one stays.
    """
    lock = Lock(place.folder / SERVING)
    free = lock.take(seconds=2.0)  # orphans mostly notice by themselves
    for kind in (signal.SIGQUIT, signal.SIGKILL):
        seen = [] if free else _tenants(place.cluster)
        for pid in seen:
            _signal(pid, kind)
        free = free or lock.take(seconds=5.0 if seen else 1.0)
    if not free:
        left = ", ".join(map(str, _tenants(place.cluster))) or "not visible from here"
        raise ServerFailed(
            f"Processes of another database server still work in {place.home} ({left}), perhaps "
            "in another container, or a program that the server had started does. End them, and "
            "start again."
        )
    (place.cluster / PID_FILE).unlink(missing_ok=True)
    for name in (SOCKET, f"{SOCKET}.lock"):
        (place.socket_folder() / name).unlink(missing_ok=True)
    return lock


def _pid_lines(cluster: Path) -> list[str]:
    try:
        file = os.open(cluster / PID_FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return []
    with os.fdopen(file, "rb") as opened:
        return os.fsdecode(opened.read(4096)).split("\n")


def _serves(pid: int, cluster: Path) -> bool:
    if _PROC.is_dir():
        return _works_in(pid, os.fspath(cluster))
    answer = subprocess.run(
        ["ps", "-o", "stat=,command=", "-p", str(pid)], check=False, capture_output=True, text=True
    )
    return not answer.stdout.startswith("Z") and f"{cluster} " in answer.stdout


def _tenants(cluster: Path) -> list[int]:
    if not _PROC.is_dir():
        return []
    pids = (int(name) for name in os.listdir(_PROC) if name.isdigit())
    return [pid for pid in pids if _works_in(pid, os.fspath(cluster))]


def _works_in(pid: int, cluster: str) -> bool:
    try:
        if os.readlink(f"/proc/{pid}/cwd") != cluster:  # a zombie has no working folder
            return False
        return (_PROC / str(pid) / "comm").read_text().strip() == "postgres"
    except OSError:
        return False


def _signal(pid: int, kind: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, kind)
