"""Three locks beside the embedded server keep the processes that use it from tripping up.

`turn` is held for moments: whoever starts, stops or erases the server. `in-use` is held, shared,
for as long as a process uses the server; whoever can take it alone is the last one and may stop
the server. `serving` is inherited by the server and every process it forks: it is free only when
the last of them is out of the cluster, also where another container hides them from us. All are
kernel locks on files, so kill -9 frees them; no stale lock is possible.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from abonent.storage.embedded_failures import ServerFailed

TURN = "turn.lock"
IN_USE = "in-use.lock"
SERVING = "serving.lock"
_TURN_SECONDS = 150.0


class Lock:
    """One kernel lock on one file, taken shared or alone by this object."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self, *, shared: bool = False, seconds: float = 0.0) -> bool:
        """Take the lock, waiting at most `seconds`; False when others still hold it.

        Raises OSError when the file cannot be opened.
        """
        deadline = time.monotonic() + seconds
        while True:
            if self._try(fcntl.LOCK_SH if shared else fcntl.LOCK_EX):
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)

    @property
    def file(self) -> int:
        """The open file of a lock that is held, for a child to inherit."""
        assert self._file is not None
        return self._file

    def free(self) -> None:
        """Close our hold; a child that inherited the file keeps the lock. Harmless if not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _try(self, kind: int) -> bool:
        self.free()
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
            # The file may have been erased while we waited: a lock on it means nothing then.
            if os.path.samestat(os.fstat(file), os.stat(self.path)):
                self._file, file = file, -1
                return True
        except (BlockingIOError, FileNotFoundError):
            pass
        finally:
            if file >= 0:
                os.close(file)
        return False


@contextmanager
def turn(folder: Path) -> Iterator[None]:
    """Hold the turn of `folder`; raises ServerFailed when another process keeps it too long."""
    lock = Lock(folder / TURN)
    if not lock.take(seconds=_TURN_SECONDS):
        raise ServerFailed(
            f"Another process has been starting or stopping the database in {folder} for more "
            f"than {_TURN_SECONDS:.0f} seconds. See whether an Abonent process hangs there, end "
            "it, and start again."
        )
    try:
        yield
    finally:
        lock.free()
