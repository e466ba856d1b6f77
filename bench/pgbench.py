"""The limit: the same statement asked by pgbench, without anything of ours around it.

The token is drawn from the sample's table in the same statement: one look-up more than the app
makes. pgbench reports every second, and what is counted lies between its first and last report, so
that opening connections and filling their caches is not.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from abonent.storage.embedded import find_binaries
from bench import cpu
from bench.figures import Cost, WrongAnswer
from bench.stage import Stage

_STATEMENT = """\\set i random(0, {last})
SELECT overview.home(t.digest, t.subscription, now(), interval '14 days', current_date - 30)
  FROM bench.token t WHERE t.i = :i;
"""
_REPORT = re.compile(r"progress: ([\d.]+) s, ([\d.]+) tps")
_OPTIONS = "-c search_path=pg_catalog -c timezone=UTC -c jit=off"


def program() -> str:
    """The pgbench that came with the server."""
    beside = find_binaries() / "pgbench"
    found = str(beside) if beside.is_file() else shutil.which("pgbench")
    if found is None:
        raise RuntimeError("pgbench is missing: it comes with PostgreSQL's server package")
    return found


def measure(stage: Stage, *, seconds: int, connections: int = 8) -> Cost:
    """pgbench itself stands in the place of the app."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "home.sql"
        script.write_text(_STATEMENT.format(last=len(stage.sample) - 1))
        command = [program(), "-n", "-M", "prepared", "-c", str(connections), "-P", "1"]
        command += ["-T", str(seconds + 1), "-f", str(script), stage.app_url]
        asker = subprocess.Popen(
            command,
            env={**os.environ, "PGOPTIONS": _OPTIONS},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        cost = _between_reports(asker, stage.postgres)
        if asker.wait() != 0 or cost is None:
            raise WrongAnswer("pgbench failed, see above")
    return cost


def _between_reports(asker: subprocess.Popen[str], postgres: int) -> Cost | None:
    assert asker.stderr is not None
    marks: list[tuple[float, float, float, float]] = []
    done = 0.0
    for line in asker.stderr:
        report = _REPORT.match(line)
        if report is None:
            print(line, end="")
            continue
        at, rate = float(report[1]), float(report[2])
        done += rate * (at - marks[-1][0]) if marks else 0.0
        marks.append((at, done, cpu.tree_seconds(asker.pid), cpu.tree_seconds(postgres)))
    if len(marks) < 2:
        return None
    first, last = marks[0], marks[-1]
    seconds, count, own, theirs = (end - begin for begin, end in zip(first, last, strict=True))
    return Cost(1000 * own / count, 1000 * theirs / count, count / seconds)
