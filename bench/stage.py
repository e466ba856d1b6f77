"""Where the benches play: a PostgreSQL of their own full of subscribers, and the real `serve`.

The data lies in `.var/bench` and is kept for the next run, unless the schema has changed since, it
holds another number of subscribers, or it is so old that its packages and sessions have run out.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg
import msgspec

from abonent import settings as configuration
from abonent.app import REACTIONS
from abonent.demo.loading import load_demo
from abonent.storage import EmbeddedServer, connect, erase, load_keys, migrate, wall_clock
from abonent.storage.schema import MIGRATIONS
from bench.sample import Sampled, draw, publish

VAR = Path(__file__).parent.parent / ".var"
FOLDER = VAR / "bench"
SUBSCRIBERS = int(os.environ.get("ABONENT_BENCH_SUBSCRIBERS", "100000"))

_MADE = "made.json"
_PROFILE = "profile.toml"
_AGE_MAX = timedelta(days=7)
_HISTORY = timedelta(days=220)
_START_SECONDS = 60

# Everybody comes from one address here, and at once. What a hash costs stays as it is.
_LIMITS = """
[limits]
address_failures_an_hour_max = 1000000
address_numbers_an_hour_max = 1000000
value_numbers_an_hour_max = 1000000
attack_failures_above_mean = 1000000
"""


class _Made(msgspec.Struct, frozen=True):
    """What the folder holds. The file has tokens in it: it is readable by its owner alone."""

    subscribers: int
    schema: str
    at: float
    sample: list[Sampled]


@dataclass(frozen=True)
class Stage:
    """What a bench works with. `app` and `postgres` are the processes whose time is counted."""

    settings: configuration.Settings
    owner_url: str
    app_url: str
    sample: list[Sampled]
    port: int
    app: int
    postgres: int
    subscribers: int


@contextmanager
def set_up() -> Iterator[Stage]:
    """Everything running and warm. It all ends with the block; the data stays."""
    made = _usable()
    FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = _settings()
    with ExitStack() as stack:
        server = stack.enter_context(EmbeddedServer(FOLDER / "postgres"))
        owner_url = server.dsn("postgres", "postgres")
        app_url = server.dsn("abonent_app", "postgres")
        if made is None:
            made = asyncio.run(_make(settings, owner_url, app_url))
        asyncio.run(_publish(owner_url, made.sample))
        environ = {
            "ABONENT_DATABASE_URL": app_url,
            "ABONENT_DATA": str(FOLDER),
            "ABONENT_PROFILE": str(FOLDER / _PROFILE),
        }
        port, app = stack.enter_context(process("abonent", "serve", environ=environ))
        assert server.pid is not None
        yield Stage(
            settings, owner_url, app_url, made.sample, port, app.pid, server.pid, made.subscribers
        )


@contextmanager
def process(
    *command: str, environ: Mapping[str, str] | None = None, path: str = "/healthz"
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`python -m` something that listens on the port given by ABONENT_PORT, when it answers."""
    port = free_port()
    child = subprocess.Popen(
        [sys.executable, "-m", *(part.format(port=port) for part in command)],
        env={**os.environ, **(environ or {}), "ABONENT_PORT": str(port)},
        start_new_session=True,
        stdin=subprocess.DEVNULL,
    )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}{path}", child)
        yield port, child
    finally:
        child.terminate()
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_until_it_answers(url: str, child: subprocess.Popen[bytes]) -> None:
    """Look twenty times a second. RuntimeError when the process ends, or a minute is over."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and child.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
    raise RuntimeError(f"no answer at {url}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _settings() -> configuration.Settings:
    shipped = (configuration.PROFILES / "by.toml").read_text(encoding="utf-8")
    (FOLDER / _PROFILE).write_text(shipped + _LIMITS, encoding="utf-8")
    given = {"ABONENT_DATA": str(FOLDER), "ABONENT_PROFILE": str(FOLDER / _PROFILE)}
    return configuration.load(given)


def _usable() -> _Made | None:
    """What is there, if it will do; what will not do is erased."""
    file = FOLDER / _MADE
    if file.exists():
        made = msgspec.json.decode(file.read_bytes(), type=_Made)
        young = time.time() - made.at < _AGE_MAX.total_seconds()
        if young and (made.subscribers, made.schema) == (SUBSCRIBERS, _schema()):
            return made
    if FOLDER.exists():
        erase(FOLDER / "postgres")
        shutil.rmtree(FOLDER)
    return None


def _schema() -> str:
    digest = hashlib.sha256()
    for file in sorted([*MIGRATIONS.rglob("*.sql"), *MIGRATIONS.rglob("*.py")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


async def _make(settings: configuration.Settings, owner_url: str, app_url: str) -> _Made:
    now = wall_clock()
    migrate(owner_url, now=now, history_from=now - _HISTORY)
    db = await connect(app_url, settings, load_keys(FOLDER), reactions=REACTIONS)
    try:
        await load_demo(owner_url, db, subscribers=SUBSCRIBERS)
        made = _Made(SUBSCRIBERS, _schema(), time.time(), await draw(db, of=SUBSCRIBERS))
    finally:
        await db.close()
    file = os.open(FOLDER / _MADE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "wb") as opened:
        opened.write(msgspec.json.encode(made))
    return made


async def _publish(owner_url: str, sample: list[Sampled]) -> None:
    owner = await asyncpg.connect(owner_url)
    try:
        await publish(owner, sample)
    finally:
        await owner.close()
