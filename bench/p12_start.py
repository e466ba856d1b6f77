"""P12: `abonent demo` from an empty folder until home answers, again with its data; memory."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abonent.storage import erase
from bench import cpu
from bench.figures import Figure, WrongAnswer
from bench.stage import VAR, free_port, wait_until_it_answers

_REST_SECONDS = 2
_STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until home answered; MiB of the web process and of the worker, at rest."""

    seconds: float
    web_mib: float
    worker_mib: float


def measure() -> tuple[Start, Start]:
    """The first start and the second one."""
    VAR.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="start-", dir=VAR))
    try:
        return _start(folder), _start(folder)
    finally:
        erase(folder / "postgres")
        shutil.rmtree(folder)


def figures(
    starts: Sequence[tuple[Start, Start]], after_homes: float, after_sign_ins: float
) -> list[Figure]:
    """The last two are MiB of the web process that P1 and P7 asked."""
    first, second = [pair[0] for pair in starts], [pair[1] for pair in starts]
    rest = [start.web_mib for start in second]
    worker = [start.worker_mib for start in second]
    return [
        Figure("P12", "first start, 1,000 subscribers", "s", [s.seconds for s in first], aim=20),
        Figure("P12", "second start", "s", [start.seconds for start in second], aim=20),
        Figure("P12", "web process at rest", "MiB", rest, aim=150),
        Figure("P12", "worker at rest", "MiB", worker, aim=150),
        Figure("P12", "web process under P1 and P2", "MiB", [after_homes], aim=150),
        Figure("P12", "web process after P7", "MiB", [after_sign_ins], aim=150),
    ]


def _start(folder: Path) -> Start:
    port, began = free_port(), time.perf_counter()
    demo = subprocess.Popen(
        [sys.executable, "-m", "abonent", "demo"],
        env={**os.environ, "ABONENT_DATA": str(folder), "ABONENT_PORT": str(port)},
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/healthz", demo)
        _look_at_home(port)
        seconds = time.perf_counter() - began
        time.sleep(_REST_SECONDS)
        web, worker = (_memory(demo.pid, name) for name in ("serve", "work"))
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(timeout=_STOP_SECONDS)
    return Start(seconds, web, worker)


def _look_at_home(port: int) -> None:
    """Anna signs in and sees what she has."""
    pair = {"msisdn": "+375330000001", "password": "anna2026"}
    signed = _ask(port, "/api/v1/sessions", pair, {})
    bearer = {"Authorization": f"Bearer {signed['token']}"}
    home = _ask(port, f"/api/v1/numbers/{signed['number']['id']}/home", None, bearer)
    if home["name"] != "Анна" or not home["buckets"]:
        raise WrongAnswer("Anna's home is not hers")


def _ask(port: int, path: str, body: object, headers: dict[str, str]) -> Any:
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **headers},
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return json.load(answer)


def _memory(root: int, name: str) -> float:
    for pid, command in cpu.children(root).items():
        if f"abonent {name}" in command:
            return cpu.memory_mib(pid)
    raise WrongAnswer(f"no process of `abonent {name}`")
