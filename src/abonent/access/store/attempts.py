"""Attempts: written before anything is compared, judged after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from abonent.access.limits import DAY, HOUR, Situation
from abonent.storage import Transaction

_WEEK = timedelta(days=7)

# $1 budget, $2 address, $3 value, $4 now, $5 number, $6 failures a day, $7 above the mean.
# The count of the last hour stops as soon as it is decided.
_SITUATION = """
WITH weighing AS NOT MATERIALIZED (
    SELECT a.* FROM access.attempt a
     WHERE a.kind = 'password' AND a.outcome <> 'passed'
       AND a.at > $4::timestamptz - interval '1 day'
), address_last AS (
    SELECT max(w.at) AS at FROM weighing w
     WHERE w.address_key = $2 AND w.at > $4::timestamptz - interval '1 hour'
), usual AS (
    SELECT coalesce(sum(f.failures), 0) / 168.0 AS mean FROM access.failure_hour f
     WHERE f.starts_at >= date_trunc('hour', $4::timestamptz) - interval '7 days'
       AND f.starts_at < date_trunc('hour', $4::timestamptz)
)
SELECT ARRAY(SELECT last.at FROM (SELECT w.at FROM weighing w WHERE w.budget_key = $1
                                   ORDER BY w.at DESC LIMIT $6::bigint) last
              ORDER BY last.at) AS budget_failures,
       (SELECT count(*) FROM weighing w
         WHERE w.address_key = $2
           AND w.at > $4::timestamptz - interval '1 hour') AS address_failures,
       (SELECT count(DISTINCT w.number_key) FROM weighing w, address_last l
         WHERE w.address_key = $2 AND w.at > l.at - interval '1 hour') AS address_numbers,
       (SELECT l.at FROM address_last l) AS address_failed_at,
       (SELECT count(DISTINCT w.number_key) FROM weighing w
         WHERE w.value_key = $3 AND w.at > $4::timestamptz - interval '1 hour'
           AND w.number_key <> $5) AS value_numbers,
       (SELECT count(*) > u.mean + $7::bigint
          FROM usual u, LATERAL (
               SELECT 1 FROM access.attempt a
                WHERE a.at > $4::timestamptz - interval '1 hour' AND a.kind = 'password'
                  AND a.outcome = 'failed' LIMIT ceil(u.mean)::bigint + $7::bigint + 1) failed
         GROUP BY u.mean) AS attacked
"""


@dataclass(frozen=True, slots=True)
class AttemptKeys:
    """What an attempt is counted by (keyed digests)."""

    number: bytes
    budget: bytes
    address: bytes
    value: bytes


async def lock(tx: Transaction, locks: Sequence[int]) -> None:
    """Count alone: nobody else's attempt of the same keys begins until this transaction ends."""
    await tx.execute("SELECT access.lock_all($1)", list(locks))


async def situation(tx: Transaction, keys: AttemptKeys) -> Situation:
    """What passwords were guessed before, seen from this attempt's keys."""
    limits = tx.settings.limits
    row = await tx.one(
        _SITUATION,
        keys.budget,
        keys.address,
        keys.value,
        tx.now,
        keys.number,
        limits.guesses_a_day_max,
        limits.attack_failures_above_mean,
    )
    assert row is not None
    return Situation(
        budget_failures=row["budget_failures"],
        address_failures=row["address_failures"],
        address_numbers=row["address_numbers"],
        address_failed_at=row["address_failed_at"],
        value_numbers=row["value_numbers"],
        attacked=bool(row["attacked"]),
    )


async def failures_since(
    tx: Transaction, kind: Literal["password", "code"], budget: bytes, since: datetime, most: int
) -> list[datetime]:
    """The last failures of a budget, oldest first, at most so many."""
    rows = await tx.all(
        """SELECT a.at FROM access.attempt a
            WHERE a.budget_key = $1 AND a.kind = $2 AND a.outcome <> 'passed' AND a.at > $3
            ORDER BY a.at DESC LIMIT $4""",
        budget,
        kind,
        since,
        most,
    )
    return [row["at"] for row in reversed(rows)]


async def add(tx: Transaction, kind: Literal["password", "code"], keys: AttemptKeys) -> int:
    return int(
        await tx.value(
            """INSERT INTO access.attempt
                      (at, kind, number_key, budget_key, address_key, value_key, outcome)
               VALUES ($1, $2, $3, $4, $5, $6, 'pending') RETURNING id""",
            tx.now,
            kind,
            keys.number,
            keys.budget,
            keys.address,
            keys.value,
        )
    )


async def judge(tx: Transaction, attempt: int, outcome: Literal["failed", "passed"]) -> None:
    """What was guessed right is dropped: no limit needs it, and it is the same for all numbers."""
    await tx.execute(
        """UPDATE access.attempt
              SET outcome = $2, value_key = CASE $2 WHEN 'passed' THEN '' ELSE value_key END
            WHERE id = $1""",
        attempt,
        outcome,
    )


async def remove(tx: Transaction, attempt: int) -> None:
    await tx.execute("DELETE FROM access.attempt WHERE id = $1", attempt)


async def count_failure(tx: Transaction) -> None:
    """One more in this hour. The row is hot: the last statement before the commit."""
    await tx.execute(
        """INSERT INTO access.failure_hour AS f (starts_at, failures)
           VALUES (date_trunc('hour', $1::timestamptz), 1)
           ON CONFLICT (starts_at) DO UPDATE SET failures = f.failures + 1""",
        tx.now,
    )


async def forget_before(tx: Transaction, attempts: datetime) -> int:
    """Drop attempts older than this, and hours that no mean needs any more."""
    await tx.execute(
        "DELETE FROM access.failure_hour WHERE starts_at < $1", tx.now - _WEEK - DAY - HOUR
    )
    return await tx.execute("DELETE FROM access.attempt WHERE at < $1", attempts)
