"""The life of `abonent demo`: it starts, stops whole, survives kill -9, and keeps to itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.system import running
from tests.system.running import Demo

VERA = "375330000004"
SECOND_START_SECONDS = 20
# A killed parent: the children stop in order, the server waits ten seconds for a new user.
ORPHANS_SECONDS = 40


def test_a_second_start_is_quick_and_keeps_the_password_that_was_set(fresh: Path) -> None:
    first = running.start(fresh)
    assert not first.signs_in(VERA, "zebra274")
    first.dial(VERA, "*111*17*zebra274#")
    assert first.signs_in(VERA, "zebra274")
    assert first.stop() == 0, first.log
    assert running.nothing_lives(fresh)
    second = running.start(fresh)
    print(f"first start {first.seconds:.1f} s, second start {second.seconds:.1f} s")
    assert second.signs_in(VERA, "zebra274")
    assert second.stop() == 0, second.log
    assert second.seconds <= SECOND_START_SECONDS


@pytest.mark.parametrize(
    "signals",
    [(signal.SIGTERM,), (signal.SIGHUP,), (signal.SIGINT, signal.SIGINT)],
    ids=["terminated", "hung-up", "ctrl-c-twice"],
)
def test_whoever_asks_to_stop_gets_all_of_it_stopped(
    lived_in: Path, signals: tuple[int, ...]
) -> None:
    demo = running.start(lived_in)
    begin = time.monotonic()
    assert demo.stop(*signals) == 0, demo.log
    assert time.monotonic() - begin < running.STOP_SECONDS
    assert running.nothing_lives(lived_in)
    assert "Traceback" not in demo.log


@pytest.mark.parametrize("after_seconds", [0.0, 0.7, 2.0])
def test_a_start_that_is_broken_off_leaves_nothing_running(
    fresh: Path, after_seconds: float
) -> None:
    demo = running.launch(fresh)
    running.until(lambda: (fresh / "data" / "postgres").exists(), running.START_SECONDS)
    time.sleep(after_seconds)
    assert demo.stop() == 0, demo.log
    assert running.nothing_lives(fresh, seconds=3)
    assert "Traceback" not in demo.log


@pytest.mark.parametrize("child", ["abonent serve", "abonent work", "bin/postgres -D"])
def test_the_death_of_a_child_ends_the_demo_and_the_next_start_works(
    lived_in: Path, child: str
) -> None:
    demo = running.start(lived_in)
    os.kill(demo.child(child), signal.SIGKILL)
    assert demo.process.wait(running.STOP_SECONDS) == 1
    assert running.nothing_lives(lived_in)
    assert "останавливается всё" in demo.log
    again = running.start(lived_in)
    assert again.signs_in("375330000001", "anna2026")
    assert again.stop() == 0


@pytest.mark.parametrize("everything", [False, True], ids=["the-parent", "everything-at-once"])
def test_nothing_outlives_a_kill_9_for_long_and_the_next_start_recovers(
    lived_in: Path, everything: bool
) -> None:
    demo = running.start(lived_in)
    demo.dial(VERA, "*111*17*zebra275#")
    demo.process.kill()
    if everything:
        for pid in running.living(lived_in):
            running.kill(pid)
    demo.process.wait()
    assert running.nothing_lives(lived_in, ORPHANS_SECONDS), running.living(lived_in)
    again = running.start(lived_in)
    assert again.signs_in(VERA, "zebra275")
    assert again.stop() == 0


def test_a_killed_start_leaves_no_server_without_a_watcher(fresh: Path) -> None:
    demo = running.launch(fresh)
    running.until(
        lambda: any("bin/postgres -D" in line for line in running.living(fresh).values()),
        running.START_SECONDS,
    )
    demo.process.kill()
    demo.process.wait()
    assert running.nothing_lives(fresh, ORPHANS_SECONDS), running.living(fresh)


def test_two_demos_side_by_side_do_not_know_of_each_other(lived_in: Path, fresh: Path) -> None:
    one, other = running.start(lived_in), running.start(fresh)
    other.dial("375330000005", "*111*17*zebra276#")
    assert other.signs_in("375330000005", "zebra276")
    assert not one.signs_in("375330000005", "zebra276")
    assert one.stop() == 0
    assert other.signs_in("375330000005", "zebra276")
    assert other.stop() == 0
    assert running.nothing_lives(lived_in) and running.nothing_lives(fresh)


def test_a_port_that_is_taken_is_named_and_nothing_starts(fresh: Path) -> None:
    with running.socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = running.run(fresh, "demo", ABONENT_PORT=str(port))
    assert told.returncode == 1
    assert f"Порт {port} занят" in told.stderr
    assert not (fresh / "data").exists()


def in_terminal(folder: Path, *arguments: str) -> tuple[Demo, int]:
    """A demo whose controlling terminal is ours, and our end of it."""
    ours, theirs = os.openpty()
    port = running.free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", _IN_TERMINAL, *running.PROGRAM, "demo", *arguments],
        env=running.environ(folder, ABONENT_PORT=str(port), TERM="xterm"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    return Demo(folder, port, process, 0.0), ours


_IN_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def read_until(ours: int, seen: Callable[[str], bool]) -> str:
    os.set_blocking(ours, False)
    said = b""

    def more() -> bool:
        nonlocal said
        try:
            while piece := os.read(ours, 65536):
                said += piece
        except OSError:
            pass
        return seen(said.decode(errors="replace"))

    running.until(more, running.START_SECONDS)
    return said.decode(errors="replace")


def test_a_long_load_shows_a_bar_and_ctrl_c_ends_it(fresh: Path) -> None:
    demo, ours = in_terminal(fresh, "--subscribers", "20000")
    try:
        said = read_until(ours, lambda text: "Абоненты" in text and "%" in text)
        os.write(ours, b"\x03")
        said += read_until(ours, lambda text: "Всё остановлено" in text)
        assert demo.process.wait(running.STOP_SECONDS) == 0
    finally:
        os.close(ours)
    assert running.nothing_lives(fresh, seconds=3)
    assert "Traceback" not in said


def test_a_closed_terminal_ends_the_demo(lived_in: Path) -> None:
    demo, ours = in_terminal(lived_in, "--subscribers", "10")
    read_until(ours, lambda text: "Ctrl-C" in text)
    os.close(ours)
    assert demo.process.wait(running.STOP_SECONDS) == 0
    assert running.nothing_lives(lived_in)
