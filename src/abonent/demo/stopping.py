"""What a signal to stop does: one exception, once, and never in the middle of what must be whole.

Ctrl-C, SIGTERM and a closed terminal mean the same. The first of them raises `Stopped`; later ones
are ignored, because stopping must not be broken off. Inside `whole` the first one waits for the
end of the block, and only the second one breaks it off.
"""

from __future__ import annotations

import os
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(KeyboardInterrupt):
    """Somebody asked us to stop. A KeyboardInterrupt: the event loop lets no other one through."""


class Stopping:
    """The handler of this process's signals."""

    def __init__(self) -> None:
        self._whole = False
        self._asked = False
        for signum in _SIGNALS:
            signal.signal(signum, self._hear)

    @contextmanager
    def whole(self) -> Iterator[None]:
        """A block that one request to stop does not break off."""
        self._whole = True
        try:
            yield
        finally:
            self._whole = False
        if self._asked:
            self._stop()

    @staticmethod
    def ignore() -> None:
        """From now on nothing interrupts: everything is being stopped already."""
        for signum in _SIGNALS:
            signal.signal(signum, signal.SIG_IGN)

    def _hear(self, signum: int, frame: FrameType | None) -> None:
        del frame
        if signum == signal.SIGHUP:
            _leave_terminal()
        if self._whole and not self._asked:
            self._asked = True
            return
        self._stop()

    def _stop(self) -> None:
        self.ignore()
        raise Stopped


def _leave_terminal() -> None:
    """Every word to a terminal that is gone would be an error. A log file goes on."""
    with suppress(OSError, ValueError), open(os.devnull, "w") as nowhere:
        for stream in (sys.stdout.fileno(), sys.stderr.fileno()):
            if stat.S_ISCHR(os.fstat(stream).st_mode):  # isatty() denies it once it is closed
                os.dup2(nowhere.fileno(), stream)
