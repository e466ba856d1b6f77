"""Loads the demo's population: in pieces, each in one transaction, by as many processes as pay off.

A load that was killed goes on where it was, with the moment at which it began, so that everybody's
history ends at the same time. Loading again what is there does nothing; asking for more people
later adds those who are missing.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import Progress as Bar

from abonent import catalog
from abonent.demo import load_store
from abonent.demo.cast import equip_cast
from abonent.demo.life import World
from abonent.demo.people import INDEX_MAX
from abonent.demo.rows import Piece, build, first_moment
from abonent.demo.shop import read_offers, read_purse
from abonent.settings import Settings
from abonent.storage import (
    Database,
    Principal,
    ensure_months,
    finish_bulk_load,
    reserve_ids,
)

Progress = Callable[[int, int], None]
"""Called with how many people are loaded, and of how many."""

PIECE = 500
SUBSCRIBERS_MIN = 10
"""The cast is always there."""

_ALONE_MAX = 4 * PIECE
_WORKERS_MAX = 2
_RESERVED = {
    "subscribers.party": INDEX_MAX,
    "subscribers.billing_account": INDEX_MAX,
    "subscribers.subscription": INDEX_MAX,
}


async def load_demo(
    owner_url: str, db: Database, *, subscribers: int = 1000, progress: Progress | None = None
) -> None:
    """Publish the catalogue and make the first `subscribers` indexes live, unless they do.

    Without `progress` a bar is drawn on a terminal's standard error.
    `owner_url` belongs to who may move the counters of ids and gather statistics; the rows
    themselves are written with the app's own rights, under its row-level policies.
    """
    db = db.acting(Principal.system("demo"))
    subscribers = max(SUBSCRIBERS_MIN, subscribers)
    world = await _world(db)
    known = await db.run(load_store.pieces)
    missing = list(_missing(known, subscribers, world, db.settings))
    if missing:
        reserve_ids(owner_url, _RESERVED)
        first, last = first_moment(world.now, world.time_zone), world.now + timedelta(days=40)
        await db.run(ensure_months, first=first, last=last)
        with ExitStack() as stack:
            progress = progress or stack.enter_context(_bar())
            await _load(db, missing, subscribers, progress)
        finish_bulk_load(owner_url)
    await equip_cast(db)


async def _world(db: Database) -> World:
    currency = db.settings.currency
    published = await db.run(catalog.publish, offers=read_offers(currency))
    return World(
        offers={offer.code: offer for offer in published},
        purse=read_purse(currency),
        time_zone=db.settings.operator.time_zone,
        now=await db.run(load_store.begin),
    )


def _missing(
    known: list[tuple[int, int]], subscribers: int, world: World, settings: Settings
) -> Iterator[Piece]:
    """The pieces to make. Whoever stands at their edges belongs to the piece he begins in."""
    loaded = {first: last for first, last in known}
    first = 1
    while first <= subscribers:
        last = loaded.get(first)
        if last is None:
            begun = min((start for start in loaded if start > first), default=subscribers + 1)
            last = min(first + PIECE - 1, subscribers, begun - 1)
            yield Piece(first, last, world, settings.operator)
        first = last + 1


async def _load(db: Database, pieces: list[Piece], subscribers: int, progress: Progress) -> None:
    """Make and write the pieces, two at a time: one is written while another is made."""
    todo = iter(pieces)
    done = subscribers - sum(piece.last - piece.first + 1 for piece in pieces)
    progress(done, subscribers)

    async def work(executor: Executor) -> None:
        nonlocal done
        loop = asyncio.get_running_loop()
        for piece in todo:
            texts = await loop.run_in_executor(executor, build, piece)
            await db.run(load_store.load_piece, piece.first, piece.last, texts)
            done += piece.last - piece.first + 1
            progress(done, subscribers)

    with _makers(subscribers) as executor:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(_WORKERS_MAX + 1):
                tasks.create_task(work(executor))


@contextmanager
def _bar() -> Iterator[Progress]:
    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Абоненты", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


@contextmanager
def _makers(subscribers: int) -> Iterator[Executor]:
    """Processes when there is much to make; a thread when starting them would take longer."""
    if subscribers <= _ALONE_MAX:
        with ThreadPoolExecutor(1) as thread:
            yield thread
        return
    workers = min(_WORKERS_MAX, os.cpu_count() or 1)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_begin_making) as processes:
        with _terminal_unheard():
            for _ in range(workers):
                processes.submit(int)  # the pool starts a process when there is work for it
        yield processes


@contextmanager
def _terminal_unheard() -> Iterator[None]:
    """Whoever is started inside hears neither Ctrl-C nor the end of the terminal: these are for
    the parent, which ends its pool in order. What comes meanwhile reaches the parent afterwards."""
    signals = {signal.SIGINT, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_making() -> None:
    """Without collecting garbage, since no cycles are made; and never longer than the parent."""
    gc.disable()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A killed parent cannot stop its pool, and the queue they share never says that it is gone."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
