"""Ends the embedded server some seconds after the last process that uses it is gone.

A small process of its own, started beside the server as a plain script: it must outlive a killed
application, needs nothing but the standard library, and gives up root before anything else. It
looks once a second whether it can take the `in-use` lock alone. The kernel's own way, a death
signal to the child (PR_SET_PDEATHSIG), was weighed and left: it fires when the THREAD that
started the server ends, exists on Linux only, kills the server under other processes that use
it, and leaves no time for a restarted application to find its server warm.

Arguments: folder with the locks, cluster, pid of the server, uid, gid (or -1 -1), seconds.
"""

import fcntl
import os
import signal
import sys
import time

_FLAGS = os.O_RDWR | os.O_NOFOLLOW
_TICK_SECONDS = 1.0
_STOP_SECONDS = 120.0
_BEGIN_SECONDS = 10.0


def watch(folder: str, cluster: str, server: int, account: tuple[int, int], grace: float) -> None:
    """Return when the server is gone, whoever ended it."""
    names = ("watch.lock", "turn.lock", "in-use.lock")
    lone, turn, use = (
        os.open(os.path.join(folder, name), _FLAGS | (os.O_CREAT if name == names[0] else 0), 0o600)
        for name in names
    )
    _drop(*account)
    if not _alone(lone, seconds=3.0):  # a second watcher of one server
        return
    idle_since: float | None = None
    seen, begin = False, time.monotonic()
    while (serving := _serving(cluster) == server) or (not seen and _beginning(server, begin)):
        seen = seen or serving
        if _alone(turn):
            if not _alone(use):
                idle_since = None
            elif idle_since is None:
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since >= grace:
                _stop(cluster, server)
                return
            fcntl.flock(use, fcntl.LOCK_UN)
            fcntl.flock(turn, fcntl.LOCK_UN)
        time.sleep(min(_TICK_SECONDS, max(grace, 0.05)))


def _drop(uid: int, gid: int) -> None:
    # With the server's rights only, the kernel sees to it that no other process is signalled.
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def _alone(file: int, *, seconds: float = 0.0) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.2)


def _serving(cluster: str) -> int | None:
    try:
        # As bytes: a codec would be loaded from folders that the account may not read any more.
        with open(os.path.join(cluster, "postmaster.pid"), "rb") as file:
            pid = int(file.readline())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


def _beginning(server: int, begin: float) -> bool:
    """Whether the server has only just been started and has not put its number down yet."""
    if time.monotonic() - begin > _BEGIN_SECONDS:
        return False
    try:
        os.kill(server, 0)
    except OSError:
        return False
    return True


def _stop(cluster: str, server: int) -> None:
    deadline = time.monotonic() + _STOP_SECONDS
    if _serving(cluster) == server:
        os.kill(server, signal.SIGINT)
    while _serving(cluster) == server and time.monotonic() < deadline:
        time.sleep(0.05)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch(
        sys.argv[1],
        sys.argv[2],
        int(sys.argv[3]),
        (int(sys.argv[4]), int(sys.argv[5])),
        float(sys.argv[6]),
    )
