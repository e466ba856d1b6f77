"""P7: sign-ins at the real parameters, beside argon2id alone; and home while sign-ins queue."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import msgspec
from argon2.low_level import Type, hash_secret

from abonent.settings import Limits
from bench import load, p1_home_json
from bench.figures import Figure, ratios
from bench.stage import Stage

_QUEUE = 16
_HOME_EVERY_MS = 20.0


@dataclass(frozen=True, slots=True)
class Round:
    """Hashes and sign-ins: a second, and ms of CPU for each. Home's p99 in ms, alone and while
    sign-ins queue."""

    raw: float
    raw_ms: float
    sign_ins: float
    sign_in_ms: float
    idle_p99: float
    busy_p99: float
    busy_sign_ins: float


def measure(stage: Stage, *, seconds: float) -> Round:
    """One round of about four times so many seconds."""
    home = p1_home_json.plan(stage, seconds=seconds, connections=1, every_ms=_HOME_EVERY_MS)
    raw, raw_ms = raw_hashes(stage.settings.limits, seconds)
    alone = p1_home_json.measure(stage, _plan(stage, seconds))
    idle = load.run(home)
    guests = load.start(_plan(stage, seconds + 1))  # they queue until home has been asked
    time.sleep(0.5)
    busy = load.run(home)
    outcome = load.finish(guests)
    return Round(
        raw,
        raw_ms,
        alone.a_second,
        alone.total_ms,
        idle.p99_ms,
        busy.p99_ms,
        outcome.a_second,
    )


def raw_hashes(limits: Limits, seconds: float) -> tuple[float, float]:
    """argon2id on all cores, with nothing around it: hashes a second, ms of CPU for each.

    At the low priority that hashing has in the app: else whatever else the machine does would take
    cores from the one and not from the other.
    """
    until = time.perf_counter() + seconds

    def work(_: int) -> int:
        done = 0
        while time.perf_counter() < until:
            hash_secret(
                secrets.token_bytes(32),
                secrets.token_bytes(16),
                time_cost=limits.argon2_passes,
                memory_cost=limits.argon2_memory_kib,
                parallelism=1,
                hash_len=32,
                type=Type.ID,
            )
            done += 1
        return done

    cores, used, started = os.cpu_count() or 1, time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(cores, initializer=_step_back) as threads:
        done = sum(threads.map(work, range(cores)))
    used = time.process_time() - used
    return done / (time.perf_counter() - started), 1000 * used / done


def _step_back() -> None:
    os.setpriority(os.PRIO_PROCESS, 0, 10)  # of this thread alone, on Linux


def figures(rounds: Sequence[Round]) -> list[Figure]:
    raw = [one.raw for one in rounds]
    alone = [one.sign_ins for one in rounds]
    raw_ms, each_ms = [one.raw_ms for one in rounds], [one.sign_in_ms for one in rounds]
    idle, busy = [one.idle_p99 for one in rounds], [one.busy_p99 for one in rounds]
    share = [100 * part for part in ratios(alone, raw)]
    return [
        Figure("P7", "sign-ins", "a second", alone),
        Figure("P7", "raw argon2id, all cores", "a second", raw),
        Figure("P7", "sign-ins by raw argon2id", "%", share, aim=90, sense="least"),
        Figure("P7", "a sign-in, PostgreSQL included", "ms CPU", each_ms),
        Figure("P7", "a raw hash", "ms CPU", raw_ms),
        Figure("P7", "CPU of a sign-in by a raw hash", "x", ratios(each_ms, raw_ms)),
        Figure("P7", "sign-ins while home is asked", "a second", [r.busy_sign_ins for r in rounds]),
        Figure("P7", "home's p99, idle", "ms", idle),
        Figure("P7", "home's p99, sign-ins queue", "ms", busy),
        Figure("P7", "home's p99 by idle", "x", ratios(busy, idle), aim=3),
    ]


def _plan(stage: Stage, seconds: float) -> load.Plan:
    bodies = [{"msisdn": one.msisdn, "password": one.password} for one in stage.sample]
    requests = [
        load.request(
            "POST",
            "/api/v1/sessions",
            expected=f'"msisdn":"{body["msisdn"]}"',
            body=msgspec.json.encode(body).decode(),
        )
        for body in bodies
    ]
    return load.Plan(
        port=stage.port,
        requests=requests,
        seconds=seconds,
        connections=_QUEUE,
        status=201,
        order="in turn",
    )
