"""The database as a process sees it: a pool, transactions with bounded retries, hashing threads.

No driver timeout ever cancels a COMMIT: a cancelled COMMIT may have happened, and then the truth is
found by repeating the operation with its id.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import asyncpg

from abonent.kit import Busy, Keys, OperationReused
from abonent.settings import Settings, SettingsWrong
from abonent.storage.facts import Fact
from abonent.storage.principal import NOBODY, Principal
from abonent.storage.reach import reaching
from abonent.storage.transaction import Row, Transaction

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    _Base = asyncpg.Connection[Row]
else:
    _Base = asyncpg.Connection  # generic for the type checker only

P = ParamSpec("P")
T = TypeVar("T")
Clock = Callable[[], datetime]

_TRIES_MAX = 6
_PAUSE_SECONDS = 0.005
_OPERATION_REUSED = "AB001"  # raised by storage.claim
_AGAIN = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.UniqueViolationError,
    asyncpg.ExclusionViolationError,
)

UNAVAILABLE: tuple[type[BaseException], ...] = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
"""The database cannot be reached, or went away in the middle."""


class Connection(_Base):
    """The pool would send a reset query at each release; nothing here outlives a transaction."""

    def get_reset_query(self) -> str:
        return ""


def wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class Computing:
    """A bounded pool of low-priority threads for work that takes a core for a while."""

    queue_max: int
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(
            os.cpu_count() or 1, thread_name_prefix="compute", initializer=_lower_priority
        )
    )
    waiting: int = 0


@dataclass(frozen=True)
class Database:
    """One process's way to PostgreSQL, bound to the principal it acts for."""

    pool: asyncpg.Pool[Row]
    settings: Settings
    keys: Keys
    computing: Computing
    clock: Clock = wall_clock
    reactions: Mapping[type[Fact], Sequence[str]] = field(default_factory=dict)
    principal: Principal = NOBODY

    def acting(self, principal: Principal) -> Database:
        """The same database on behalf of somebody else."""
        return replace(self, principal=principal)

    async def run(
        self,
        action: Callable[Concatenate[Transaction, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run one action in one transaction. A refusal or any error rolls it back.

        The database's own requests to try again (serialization, deadlock, a unique race) are
        followed a few times with a growing pause; the last one escapes.
        """
        for attempt in range(1, _TRIES_MAX + 1):
            try:
                async with self.transaction() as tx:
                    return await action(tx, *args, **kwargs)
            except _AGAIN:
                if attempt == _TRIES_MAX:
                    raise
                pause = _PAUSE_SECONDS * 2**attempt
                await asyncio.sleep(pause * (0.5 + random.random()))
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """For tests and bulk work; everything else goes through `run`."""
        async with self.pool.acquire() as connection:
            now = self.clock()
            await connection.execute(self.principal.begin_sql())
            try:
                yield Transaction(
                    connection,  # type: ignore[arg-type]  # the pool's proxy forwards everything
                    now=now,
                    principal=self.principal,
                    settings=self.settings,
                    keys=self.keys,
                    reactions=self.reactions,
                )
            except BaseException as error:
                await _roll_back(connection)
                if isinstance(error, asyncpg.PostgresError) and error.sqlstate == _OPERATION_REUSED:
                    raise OperationReused from None
                raise
            # Shielded: a caller that goes away must not cancel a COMMIT that is under way.
            commit = asyncio.ensure_future(connection.execute("COMMIT"))
            try:
                await asyncio.shield(commit)
            except asyncio.CancelledError:
                await commit
                raise

    async def one(self, sql: str, *values: object) -> Row | None:
        """One statement in a transaction of its own: screens, which name their principal inside."""
        return await self.pool.fetchrow(sql, *values)

    async def value(self, sql: str, *values: object) -> Any:
        return await self.pool.fetchval(sql, *values)

    async def compute(self, work: Callable[..., T], *args: object) -> T:
        """Run expensive work in its own threads. Busy when too many already wait."""
        if self.computing.waiting >= self.computing.queue_max:
            raise Busy
        self.computing.waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.computing.threads, work, *args)
        finally:
            self.computing.waiting -= 1

    async def close(self) -> None:
        await self.pool.close()
        self.computing.threads.shutdown(wait=False, cancel_futures=True)


async def connect(
    url: str,
    settings: Settings,
    keys: Keys,
    *,
    reactions: Mapping[type[Fact], Sequence[str]] | None = None,
    clock: Clock = wall_clock,
    connections_max: int = 10,
) -> Database:
    """Open the pool as the role `abonent_app`, whoever the URL signs in as.

    Raises SettingsWrong or Unusable when the database cannot be had.
    """
    with reaching():
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=connections_max,
            connection_class=Connection,
            server_settings={
                "role": "abonent_app",
                "application_name": "abonent",
                "search_path": "pg_catalog",
                "timezone": "UTC",
                "jit": "off",
            },
        )
    computing = Computing(settings.limits.hash_queue_max)
    return Database(pool, settings, keys, computing, clock, reactions or {})


def connection_url(settings: Settings) -> str:
    """The URL the app signs in with. SettingsWrong when none is known."""
    if settings.database_url is None:
        raise SettingsWrong(
            "no database: set ABONENT_DATABASE_URL (`abonent demo` brings its own server)"
        )
    return settings.database_url


async def _roll_back(connection: asyncpg.pool.PoolConnectionProxy[Row]) -> None:
    if not connection.is_closed():
        try:
            await asyncio.shield(asyncio.ensure_future(connection.execute("ROLLBACK")))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await connection.close(timeout=1)  # its state is unknown: never back into the pool


def _lower_priority() -> None:
    """Hashing must not make the screens wait: on Linux the niceness is the thread's own."""
    if hasattr(os, "setpriority"):
        try:
            os.setpriority(os.PRIO_PROCESS, 0, 10)
        except OSError:
            pass
