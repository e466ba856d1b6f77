"""The whole system from one command: the database, the demo data, the web and the worker.

The children are processes of their own, as in a deployment. Whatever ends this process (Ctrl-C, a
closed terminal, the death of a child or of the database) ends them all, the database last. When
this process is killed with -9, they end by themselves within seconds.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from rich.console import Console

from abonent.demo.cast import PASSWORDS
from abonent.demo.loading import load_demo
from abonent.demo.phone_page import demo_numbers
from abonent.demo.processes import Children
from abonent.demo.stopping import Stopped, Stopping
from abonent.kit import Msisdn
from abonent.settings import Settings, replace
from abonent.storage import EmbeddedServer, connect, load_keys, migrate, wall_clock

_HISTORY = timedelta(days=220)
_START_SECONDS = 60
_NOTHING_TO_FINISH_SECONDS = 2  # without a database


@dataclass(frozen=True)
class Base:
    """The database: the URLs of its owner and of the app, and the server when it is our own."""

    owner_url: str
    app_url: str
    server: EmbeddedServer | None = None

    @property
    def gone(self) -> bool:
        return self.server is not None and self.server.pid is None


def run_demo(settings: Settings, *, subscribers: int) -> int:
    """Start everything, wait, stop everything. The exit status: 0 when somebody asked to stop."""
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    if trouble := _no_place(settings):
        console.print(trouble)
        return 1
    stopping = Stopping()
    try:
        with ExitStack() as stack:
            try:
                return _run(settings, subscribers, console, stack, stopping)
            finally:
                stopping.ignore()
    except Stopped:
        console.print("\nВсё остановлено.")
        return 0


def _run(
    settings: Settings, subscribers: int, console: Console, stack: ExitStack, stopping: Stopping
) -> int:
    with stopping.whole():
        base = _base(settings, console, stack)
    now = wall_clock()
    migrate(base.owner_url, now=now, history_from=now - _HISTORY)
    asyncio.run(_load(settings, base, subscribers))
    environ = {
        **os.environ,
        "ABONENT_DATABASE_URL": base.app_url,
        "ABONENT_DATA": str(settings.folder),
    }
    environ.pop("ABONENT_DATABASE_OWNER_URL", None)  # whoever serves needs no owner's rights
    children = Children(environ)
    stack.callback(children.stop)
    children.start("serve", "--demo")
    children.start("work", "--demo")
    return _watch(settings, console, children, base)


def _no_place(settings: Settings) -> str | None:
    """Why our address cannot be taken: somebody else's answer must not pass for ours."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError:
        return f"Порт {settings.port} система не даёт. Задайте другой: ABONENT_PORT=8100 make demo"
    except socket.gaierror:
        return f"У этой машины нет адреса {settings.host}. Задайте другой: ABONENT_HOST=127.0.0.1"
    except OSError:
        return f"Порт {settings.port} занят. Задайте другой: ABONENT_PORT=8100 make demo"
    return None


def _base(settings: Settings, console: Console, stack: ExitStack) -> Base:
    """A server that was given, or our own."""
    if settings.database_url:
        return Base(settings.owner_url or settings.database_url, settings.database_url)
    with console.status("PostgreSQL"):
        server = stack.enter_context(EmbeddedServer(settings.folder / "postgres"))
    return Base(server.dsn("postgres", "postgres"), server.dsn("abonent_app", "postgres"), server)


async def _load(settings: Settings, base: Base, subscribers: int) -> None:
    settings = replace(settings, database_url=base.app_url)
    db = await connect(base.app_url, settings, load_keys(settings.folder), connections_max=4)
    try:
        await load_demo(base.owner_url, db, subscribers=subscribers)
    finally:
        await db.close()


def _watch(settings: Settings, console: Console, children: Children, base: Base) -> int:
    """Say when home answers, then wait until something ends that should not."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    said, until = False, time.monotonic() + _START_SECONDS
    while (ended := children.ended()) is None and not base.gone:
        if not said and _answers(f"{address}/healthz"):
            said = True
            _greet(settings, console, address)
        if not said and time.monotonic() > until:
            console.print(f"Кабинет не ответил за {_START_SECONDS} секунд.")
            return 1
        time.sleep(0.2 if not said else 1)
    if base.gone:
        console.print("Сервер базы данных остановился, поэтому останавливается всё.")
        children.patience_seconds = _NOTHING_TO_FINISH_SECONDS
    elif ended is not None:
        console.print(
            f"Процесс «abonent {ended.name}» остановился с кодом {ended.status}, "
            "поэтому останавливается всё."
        )
    return 1


def _greet(settings: Settings, console: Console, address: str) -> None:
    operator = settings.operator
    anna, _, boris, vera, *_ = (
        _shown(operator.phone_pattern, number) for number in demo_numbers(settings)
    )
    console.print(
        f"\n{operator.names[operator.languages[0]]} открыт: {address}\n"
        f"  Анна  {anna}, пароль {PASSWORDS[1]}\n"
        f"  Борис {boris}, пароль {PASSWORDS[3]} (почти нет денег)\n"
        f"  Вера  {vera}, пароля ещё нет: задайте его\n"
        f"  Телефон для SMS и USSD: {address}/demo/phone\n"
        f"  API: {address}/api/v1/openapi.json\n"
        "Остановить: Ctrl-C\n"
    )


def _shown(pattern: str, number: Msisdn) -> str:
    digits = iter(number.digits)
    return "".join(next(digits, "") if sign in "CN" else sign for sign in pattern)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # our own loopback
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
