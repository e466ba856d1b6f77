"""Runs the benches in order. Exit status 1 when an answer was wrong; a missed aim is only shown."""

from __future__ import annotations

import sys

from rich.console import Console

from bench import cpu, p1_home_json, p2_home_html, p7_sign_in, p12_start, pgbench, report
from bench.figures import Cost, Figure, WrongAnswer
from bench.stage import FOLDER, SUBSCRIBERS, Stage, process, set_up

ROUNDS = 5
_SIGN_IN_ROUNDS = 3
_SECONDS = 3
_NOOP = ["uvicorn", "bench.noop:app", "--port", "{port}", "--log-level", "error", "--no-access-log"]


def main() -> int:
    console = Console()
    pgbench.program()  # better missed now than after loading
    console.print(f"{SUBSCRIBERS:,} subscribers in {FOLDER}", highlight=False)
    try:
        with set_up() as stage:
            p1_home_json.check(stage)
            p2_home_html.check(stage)
            figures = _homes(stage, console)
            memory = [cpu.memory_mib(stage.app)]
            console.print("P7 ...")
            seconds = float(_SECONDS + 1)
            signed = [p7_sign_in.measure(stage, seconds=seconds) for _ in range(_SIGN_IN_ROUNDS)]
            figures += p7_sign_in.figures(signed)
            memory.append(cpu.memory_mib(stage.app))
            console.print("P12 ...")
            figures += p12_start.figures([p12_start.measure()], *memory)
            report.show(figures, console)
            report.keep(figures, stage, rounds=ROUNDS)
    except WrongAnswer as error:
        console.print(f"[bold red]wrong:[/] {error}", highlight=False)
        return 1
    return 0


def _homes(stage: Stage, console: Console) -> list[Figure]:
    """P1, its two measures and P2 in turn: whatever else the machine does meets them all."""
    json: list[Cost] = []
    limit: list[Cost] = []
    bare: list[Cost] = []
    pages: list[Cost] = []
    with process(*_NOOP, path="/") as (port, noop):
        for asked in (p1_home_json.plan(stage, seconds=2), p2_home_html.plan(stage, seconds=1)):
            p1_home_json.measure(stage, asked)  # warm
        for number in range(ROUNDS):
            console.print(f"P1, P2: round {number + 1} of {ROUNDS}", highlight=False)
            asked = p1_home_json.plan(stage, seconds=_SECONDS)
            json.append(p1_home_json.measure(stage, asked))
            limit.append(pgbench.measure(stage, seconds=_SECONDS))
            bare.append(p1_home_json.measure_noop(port, noop.pid, seconds=_SECONDS - 1))
            asked = p2_home_html.plan(stage, seconds=_SECONDS)
            pages.append(p1_home_json.measure(stage, asked))
    return [*p1_home_json.figures(json, limit, bare), *p2_home_html.figures(pages, json)]


if __name__ == "__main__":
    sys.exit(main())
