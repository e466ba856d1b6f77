"""The one table, on the screen and in RESULTS.md, with what the figures depend on."""

from __future__ import annotations

import asyncio
import os
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import asyncpg
from rich.console import Console
from rich.table import Table

from abonent.storage import wall_clock
from bench import cpu
from bench.figures import Figure
from bench.stage import Stage

RESULTS = Path(__file__).with_name("RESULTS.md")

_HEADINGS = ("Bench", "Figure", "Unit", "Median", "Min", "Max", "Aim", "Met")
_PACKAGES = (
    *("uvicorn", "uvloop", "httptools", "litestar", "msgspec", "asyncpg", "jinja2"),
    *("argon2-cffi", "argon2-cffi-bindings"),
)


def show(figures: Sequence[Figure], console: Console) -> None:
    table = Table(*_HEADINGS, box=None)
    for figure in figures:
        missed = figure.met is False
        table.add_row(*_cells(figure), style="bold yellow" if missed else "")
    console.print(table)


def keep(figures: Sequence[Figure], stage: Stage, *, rounds: int) -> None:
    """Write RESULTS.md anew."""
    lines = [
        "# The last run of `make bench`",
        "",
        *(f"- {name}: {value}" for name, value in _circumstances(stage, rounds)),
        "",
        "CPU is user and system time for each request, from /proc; asking is not counted. All",
        "ratios are of the same run, the compared things measured in turn.",
        "",
        f"| {' | '.join(_HEADINGS)} |",
        f"|{'---|' * len(_HEADINGS)}",
        *(f"| {' | '.join(_cells(figure))} |" for figure in figures),
    ]
    RESULTS.write_text("\n".join((*lines, "")), encoding="utf-8")


def _cells(figure: Figure) -> tuple[str, ...]:
    bound = {"most": "≤", "least": "≥"}[figure.sense]
    aim = "" if figure.aim is None else f"{bound} {figure.aim:g}"
    met = {None: "", True: "yes", False: "no"}[figure.met]
    numbers = (figure.middle, min(figure.values), max(figure.values))
    return figure.bench, figure.what, figure.unit, *map(_number, numbers), aim, met


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _circumstances(stage: Stage, rounds: int) -> list[tuple[str, str]]:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return [
        ("when", f"{wall_clock():%Y-%m-%d %H:%M} UTC"),
        ("commit", _commit()),
        ("machine", f"{cpu.model()}, {os.cpu_count()} cores, {platform.system()}"),
        ("load average at the end", f"{os.getloadavg()[0]:.1f}"),
        ("Python", platform.python_version()),
        ("PostgreSQL", asyncio.run(_server_version(stage.owner_url))),
        ("packages", packages),
        ("data", f"{stage.subscribers:,} subscribers, half a year each; {rounds} rounds"),
    ]


def _commit() -> str:
    here = Path(__file__).parent.parent
    try:
        name = subprocess.check_output(
            ["git", "describe", "--always", "--dirty=, with changes"], cwd=here, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return name.strip()


async def _server_version(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()
