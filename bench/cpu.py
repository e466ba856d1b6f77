"""CPU time and memory of processes, read from /proc. Linux only, and no package is needed.

The time of a tree counts its children too, those that have ended included: a server gives each
connection a process, and that one's time must not get lost when the connection is closed.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def tree_seconds(root: int) -> float:
    """Seconds of CPU, user and system, that a process and all below it have used so far."""
    parents, ticks = {}, {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit() and (found := _stat(folder)):
            parents[int(folder.name)], ticks[int(folder.name)] = found
    return sum(ticks[pid] for pid in _below(root, parents)) / _TICKS_A_SECOND


def children(root: int) -> dict[int, str]:
    """The processes below `root`, with their command lines."""
    parents = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit() and (found := _stat(folder)):
            parents[int(folder.name)] = found[0]
    return {pid: _command(pid) for pid in _below(root, parents) if pid != root}


def memory_mib(pid: int) -> float:
    """What the process keeps in memory now (RSS), pages that it shares with others included."""
    for line in (_PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


def model() -> str:
    """What the processor calls itself."""
    for line in (_PROC / "cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _stat(folder: Path) -> tuple[int, int] | None:
    """Parent and ticks of a process; None when it has ended meanwhile."""
    try:
        text = (folder / "stat").read_text()
    except OSError:
        return None
    fields = text[text.rindex(")") + 2 :].split()  # the name before it may hold anything
    return int(fields[1]), sum(int(field) for field in fields[11:15])


def _below(root: int, parents: dict[int, int]) -> set[int]:
    found, fresh = set[int](), {root} & parents.keys()
    while fresh:
        found |= fresh
        fresh = {pid for pid, parent in parents.items() if parent in fresh} - found
    return found


def _command(pid: int) -> str:
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
