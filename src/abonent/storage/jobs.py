"""The job queue: work that a transaction starts when it commits, and work that time starts.

The queue stands in the same database, so a job exists exactly when its transaction was committed.
Jobs carry ids, never secrets. A job may run twice (a worker may die between its work and its
mark), so every job is one idempotent action.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import procrastinate
import psycopg
from procrastinate import PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException

_log = logging.getLogger(__name__)

Work = Callable[..., Awaitable[None]]
_AGAIN_SECONDS = 2.0
_CONNECT_SECONDS = 5.0  # whoever stops without a database waits so long for nothing
_RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of job: its name in the queue and what it runs, given the arguments it was deferred
    with."""

    name: str
    work: Work


@dataclass(frozen=True, slots=True)
class Schedule:
    """Work that time starts: `cron` has five fields; a sixth, at the end, is seconds."""

    name: str
    cron: str
    work: Work


async def run_jobs(
    url: str,
    jobs: Sequence[Job],
    schedules: Sequence[Schedule] = (),
    *,
    concurrency: int = 4,
    wait: bool = True,
) -> None:
    """Run jobs until cancelled; with `wait=False` until the queue is empty (for tests).

    A restart of the database ends the worker inside, silently: so it is begun anew.
    """
    while True:
        try:
            await _run_worker(_app(url, jobs, schedules if wait else ()), concurrency, wait)
        except (ConnectorException, psycopg.OperationalError):
            if not wait:
                raise
        if not wait:
            return
        if (task := asyncio.current_task()) and task.cancelling():
            raise asyncio.CancelledError  # a lost database has drowned it out
        _log.warning("the worker has lost the database and begins anew")
        await asyncio.sleep(_AGAIN_SECONDS)


async def _run_worker(app: procrastinate.App, concurrency: int, wait: bool) -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=concurrency,
            wait=wait,
            install_signal_handlers=False,
            listen_notify=wait,
            delete_jobs="successful",
            fetch_job_polling_interval=1.0,
            shutdown_graceful_timeout=5.0,
        )


def _app(url: str, jobs: Sequence[Job], schedules: Sequence[Schedule]) -> procrastinate.App:
    connector = PsycopgConnector(
        conninfo=url,
        kwargs={"options": "-c role=abonent_app -c search_path=jobs"},
        min_size=1,
        max_size=4,
        timeout=_CONNECT_SECONDS,
    )
    app = procrastinate.App(connector=connector)
    for job in jobs:
        app.task(name=job.name, retry=_RETRY)(_named(job.work))
    for schedule in schedules:
        task = app.task(name=schedule.name, queueing_lock=schedule.name)(_timed(schedule.work))
        app.periodic(cron=schedule.cron)(task)
    return app


def _named(work: Work) -> Work:
    async def run(**arguments: Any) -> None:
        await work(**arguments)

    return run


def _timed(work: Work) -> Work:
    async def run(timestamp: int, **_: Mapping[str, Any]) -> None:
        await work()

    return run
