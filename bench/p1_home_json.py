"""P1: home as JSON, signed in, over many subscribers, warm; beside pgbench and a bare no-op."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Sequence
from decimal import Decimal

import asyncpg

from bench import cpu, load
from bench.figures import Cost, Figure, WrongAnswer, of, ratios
from bench.stage import Stage

_CHECKED = 50

# The balance as the sum of all entries, and not as the account's row has it.
_TRUTH = """
SELECT (SELECT sum(CASE WHEN e.target = 'customer' THEN e.units ELSE -e.units END)
          FROM ledger.entry e WHERE e.billing_account_id = $1) AS balance,
       (SELECT jsonb_object_agg(b.unit, b.remaining)
          FROM (SELECT k.unit, sum(k.remaining)::bigint AS remaining FROM charging.bucket k
                 WHERE k.billing_account_id = $1 AND k.subscription_id = $2
                   AND now() BETWEEN k.valid_from AND k.valid_until
                 GROUP BY k.unit) b) AS buckets
"""


def plan(stage: Stage, *, seconds: float, connections: int = 8, every_ms: float = 0) -> load.Plan:
    """Home of sampled subscribers, by bearer token."""
    requests = [
        load.request(
            "GET",
            f"/api/v1/numbers/{one.subscription}/home",
            expected=f'"msisdn":"{one.msisdn}"',
            authorization=f"Bearer {one.token}",
            accept_language="ru",
        )
        for one in stage.sample
    ]
    return load.Plan(
        port=stage.port,
        requests=requests,
        seconds=seconds,
        connections=connections,
        every_ms=every_ms,
    )


def measure(stage: Stage, asked: load.Plan) -> Cost:
    """What answering a plan costs the app and PostgreSQL."""
    app, database = cpu.tree_seconds(stage.app), cpu.tree_seconds(stage.postgres)
    outcome = load.run(asked)
    app = cpu.tree_seconds(stage.app) - app
    database = cpu.tree_seconds(stage.postgres) - database
    return Cost(
        1000 * app / outcome.answers,
        1000 * database / outcome.answers,
        outcome.a_second,
        outcome.p50_ms,
        outcome.p99_ms,
    )


def measure_noop(port: int, pid: int, *, seconds: float) -> Cost:
    """The server alone, with an application that does nothing."""
    asked = load.request("GET", "/", expected="nothing")
    used = cpu.tree_seconds(pid)
    outcome = load.run(load.Plan(port=port, requests=[asked], seconds=seconds))
    used = cpu.tree_seconds(pid) - used
    return Cost(
        1000 * used / outcome.answers, 0.0, outcome.a_second, outcome.p50_ms, outcome.p99_ms
    )


def check(stage: Stage) -> None:
    """Balance and packages of some subscribers against sums over their rows. Or WrongAnswer."""
    asyncio.run(_check(stage))


async def _check(stage: Stage) -> None:
    owner = await asyncpg.connect(stage.owner_url)
    try:
        for one in stage.sample[:_CHECKED]:
            row = await owner.fetchrow(_TRUTH, one.billing_account, one.subscription)
            assert row is not None
            url = f"http://127.0.0.1:{stage.port}/api/v1/numbers/{one.subscription}/home"
            asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {one.token}"})
            with urllib.request.urlopen(asked, timeout=10) as answer:
                home = json.load(answer)
            balance = Decimal(home["balance"]["amount"]) * 10_000
            if balance != row["balance"] or _left(home) != json.loads(row["buckets"] or "{}"):
                raise WrongAnswer(f"home of subscription {one.subscription} has wrong figures")
    finally:
        await owner.close()


def _left(home: dict[str, list[dict[str, dict[str, int] | None]]]) -> dict[str, int | None]:
    """What is left by unit; None where all of it is unlimited."""
    left: dict[str, int | None] = {}
    for bucket in home["buckets"]:
        unit, quantity = str(bucket["unit"]), bucket["left"]
        known = left.setdefault(unit, None)
        if quantity is not None:
            left[unit] = (known or 0) + quantity["value"]
    return left


def figures(ours: Sequence[Cost], limit: Sequence[Cost], bare: Sequence[Cost]) -> list[Figure]:
    total = of(ours, lambda cost: cost.total_ms)
    limit_total = of(limit, lambda cost: cost.total_ms)
    bare_total = of(bare, lambda cost: cost.total_ms)
    return [
        Figure("P1", "home as JSON: application", "ms CPU", of(ours, lambda c: c.app_ms)),
        Figure("P1", "home as JSON: PostgreSQL", "ms CPU", of(ours, lambda c: c.database_ms)),
        Figure("P1", "home as JSON: together", "ms CPU", total, aim=1.5),
        Figure("P1", "pgbench and its PostgreSQL", "ms CPU", limit_total),
        Figure("P1", "PostgreSQL under pgbench", "ms CPU", of(limit, lambda c: c.database_ms)),
        Figure("P1", "bare no-op", "ms CPU", bare_total),
        Figure("P1", "home by pgbench", "x", ratios(total, limit_total), aim=4),
        Figure("P1", "application by no-op", "x", ratios(of(ours, lambda c: c.app_ms), bare_total)),
        Figure("P1", "home", "a second", of(ours, lambda c: c.a_second)),
        Figure("P1", "pgbench", "a second", of(limit, lambda c: c.a_second)),
        Figure("P1", "home, 8 at once: p50", "ms", of(ours, lambda c: c.p50_ms)),
        Figure("P1", "home, 8 at once: p99", "ms", of(ours, lambda c: c.p99_ms)),
    ]
