"""What the tests of access measure with: threads that remember what they were given."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from abonent.storage import Database
from abonent.storage.database import Computing


class CountingThreads(ThreadPoolExecutor):
    """Each call is one hash. `before` runs ahead of it, as if another process were faster."""

    def __init__(self, before: Callable[[], None] | None = None) -> None:
        super().__init__(2)
        self.calls: list[tuple[Any, ...]] = []
        self.before = before

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.calls.append(args)
        if self.before is not None:
            self.before()
        return super().submit(work, *args, **kwargs)

    def hashes_of(self, stored: str) -> int:
        """How many guesses were compared with this very hash."""
        return sum(stored in call for call in self.calls)


def counting(
    db: Database, queue_max: int = 10_000, before: Callable[[], None] | None = None
) -> tuple[Database, CountingThreads]:
    threads = CountingThreads(before)
    return replace(db, computing=Computing(queue_max, threads)), threads
