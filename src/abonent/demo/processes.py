"""The children of the demo: started, watched, ended, and never longer there than their parent.

Each has the read end of a pipe as its standard input, and nobody but the parent has the other one.
A parent that is gone, killed with -9 even, closes it: that is the sign to stop. The kernel's death
signal was left: it is for Linux only, and it goes by the thread that started the child.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

_STOP_SECONDS = 12
_STDIN = 0

WITH_PARENT = "--with-parent"
"""The option of `serve` and `work` that calls `end_with_parent`."""


@dataclass(frozen=True)
class Ended:
    """A child that ended by itself; `status` is negative for the signal that killed it."""

    name: str
    status: int


@dataclass
class Children:
    """The processes that were started, by name, and how long they may take to stop."""

    environ: Mapping[str, str]
    patience_seconds: float = _STOP_SECONDS
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str) -> None:
        """Start `abonent name` in a session of its own: the terminal's Ctrl-C reaches the parent
        alone, which then stops the children in order."""
        self.running[name] = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-m", "abonent", name, *arguments, WITH_PARENT],
            env=dict(self.environ),
            start_new_session=True,
            stdin=subprocess.PIPE,
        )

    def ended(self) -> Ended | None:
        """A child that ended by itself."""
        for name, child in self.running.items():
            status = child.poll()
            if status is not None:
                return Ended(name, status)
        return None

    def stop(self) -> None:
        """Stop all, in order; whoever does not follow in time is killed."""
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + self.patience_seconds
        for child in self.running.values():
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def end_with_parent() -> None:
    """Stop this process when its standard input is closed: in order, or else after some seconds."""
    threading.Thread(target=_outlive_nobody, name="parent", daemon=True).start()


def _outlive_nobody() -> None:
    with suppress(OSError):
        while os.read(_STDIN, 512):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_STOP_SECONDS)
    os._exit(1)
