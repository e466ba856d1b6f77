"""The whole system from one command: the database, the demo data, the web and the worker.

The children are processes of their own, as in a deployment. Whatever ends this process (Ctrl-C, a
closed terminal, a crash of a child) ends them all, the database last.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from types import FrameType

from rich.console import Console

from abonent.demo.loading import load_demo
from abonent.settings import Settings, replace
from abonent.storage import EmbeddedServer, connect, load_keys, migrate, wall_clock

_HISTORY = timedelta(days=220)
_START_SECONDS = 60
_STOP_SECONDS = 15


class Stopped(BaseException):
    """Somebody asked us to stop."""


@dataclass
class Children:
    """The processes that were started, and how they end."""

    environ: Mapping[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *arguments: str) -> None:
        """A child in a session of its own: the terminal's Ctrl-C reaches the parent alone, which
        then stops the children in order."""
        child = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-m", "abonent", *arguments],
            env=dict(self.environ),
            start_new_session=True,
            stdin=subprocess.PIPE,
        )
        self.running.append(child)

    def ended(self) -> int | None:
        """The exit status of a child that ended by itself."""
        codes = [child.poll() for child in self.running]
        return next((code or 1 for code in codes if code is not None), None)

    def stop(self) -> None:
        for child in self.running:
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + _STOP_SECONDS
        for child in self.running:
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def run_demo(settings: Settings, *, subscribers: int) -> int:
    """Start everything, wait, stop everything. The exit status."""
    console = Console(stderr=True)
    if not _free(settings):
        console.print(
            f"Порт {settings.port} занят. Задайте другой: ABONENT_PORT=8100 make demo",
            highlight=False,
        )
        return 1
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _stop)
    try:
        with ExitStack() as stack:
            owner_url, app_url = _server(settings, console, stack)
            migrate(owner_url, now=wall_clock(), history_from=wall_clock() - _HISTORY)
            asyncio.run(_load(settings, owner_url, app_url, subscribers))
            children = Children(
                {
                    **os.environ,
                    "ABONENT_DATABASE_URL": app_url,
                    "ABONENT_DATA": str(settings.folder),
                }
            )
            stack.callback(children.stop)
            children.start("serve", "--demo")
            children.start("work", "--demo")
            return _watch(settings, console, children)
    except Stopped:
        console.print("\nВсё остановлено.")
        return 0


def _free(settings: Settings) -> bool:
    """Whether our address can be taken: somebody else's answer must not pass for ours."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return False
        return True


def _server(settings: Settings, console: Console, stack: ExitStack) -> tuple[str, str]:
    """The URLs of the owner and of the app: a server that was given, or our own."""
    if settings.database_url:
        return settings.owner_url or settings.database_url, settings.database_url
    with console.status("PostgreSQL"):
        server = stack.enter_context(EmbeddedServer(settings.folder / "postgres"))
    return server.dsn("postgres", "postgres"), server.dsn("abonent_app", "postgres")


async def _load(settings: Settings, owner_url: str, app_url: str, subscribers: int) -> None:
    settings = replace(settings, database_url=app_url)
    db = await connect(app_url, settings, load_keys(settings.folder), connections_max=4)
    try:
        await load_demo(owner_url, db, subscribers=subscribers)
    finally:
        await db.close()


def _watch(settings: Settings, console: Console, children: Children) -> int:
    """Say when home answers, then wait until something ends."""
    address = f"http://{settings.host}:{settings.port}"
    said, until = False, time.monotonic() + _START_SECONDS
    while (code := children.ended()) is None:
        if not said and _answers(f"{address}/healthz"):
            said = True
            _greet(console, address)
        if not said and time.monotonic() > until:
            console.print(f"Кабинет не ответил за {_START_SECONDS} секунд.")
            return 1
        time.sleep(0.2 if not said else 1)
    return code


def _greet(console: Console, address: str) -> None:
    console.print(
        f"\n[bold]Василёк открыт:[/bold] {address}\n"
        f"  Анна  +375 33 000-00-01, пароль anna2026\n"
        f"  Борис +375 33 000-00-03, пароль boris2026 (почти нет денег)\n"
        f"  Вера  +375 33 000-00-04, пароля ещё нет: задайте его\n"
        f"  Телефон для SMS и USSD: {address}/demo/phone\n"
        f"  API: {address}/api/v1/openapi.json\n"
        "Остановить: Ctrl-C\n",
        highlight=False,
    )


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # our own loopback
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _stop(signum: int, frame: FrameType | None) -> None:
    del signum, frame
    for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)  # once is enough: stopping must not be interrupted
    raise Stopped
