"""Asks a server over kept connections, and checks every answer. A process of its own, so that the
CPU time of asking is not counted as the server's.

The plan comes as JSON on standard input, the outcome goes as JSON to standard output. With a pace,
a request's time counts from the moment it was due: a server that is late is seen as late.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from typing import Literal, cast

import msgspec

from bench.figures import WrongAnswer

_PATIENCE_SECONDS = 30


class Request(msgspec.Struct, frozen=True):
    """The bytes to send, and a text that stands in the right answer alone."""

    text: str
    expected: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`every_ms`: the pace of each connection; 0 asks again as soon as it is answered."""

    port: int
    requests: list[Request]
    seconds: float
    connections: int = 8
    status: int = 200
    every_ms: float = 0
    order: Literal["random", "in turn"] = "random"


class Outcome(msgspec.Struct, frozen=True):
    answers: int
    seconds: float
    p50_ms: float
    p99_ms: float
    wrong: list[str]

    @property
    def a_second(self) -> float:
        return self.answers / self.seconds


def request(method: str, path: str, *, expected: str, body: str = "", **headers: str) -> Request:
    """A request of HTTP/1.1. An underscore in a header's name stands for a hyphen."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body.encode())}"]
    return Request("\r\n".join((*lines, "", body)), expected)


class Asking:
    """A plan being carried out."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.requests = self._in_order()
        self.times: list[float] = []
        self.wrong: list[str] = []
        self.until = 0.0
        self.busy = plan.connections
        self.done = asyncio.Event()

    def _in_order(self) -> Iterator[tuple[bytes, bytes]]:
        ready = [(one.text.encode(), one.expected.encode()) for one in self.plan.requests]
        if self.plan.order == "in turn":
            return cycle(ready)
        draw = random.Random(2026)
        return iter(lambda: draw.choice(ready), None)

    async def run(self) -> Outcome:
        loop = asyncio.get_running_loop()
        started = time.perf_counter()
        self.until = started + self.plan.seconds
        for _ in range(self.plan.connections):
            await loop.create_connection(lambda: Line(self), "127.0.0.1", self.plan.port)
        await asyncio.wait_for(self.done.wait(), self.plan.seconds + _PATIENCE_SECONDS)
        taken = time.perf_counter() - started
        times = sorted(self.times) or [0.0]
        p50, p99 = (1000 * times[int(len(times) * part)] for part in (0.5, 0.99))
        return Outcome(len(self.times), taken, p50, p99, self.wrong[:3])

    def leave(self) -> None:
        self.busy -= 1
        if not self.busy:
            self.done.set()


class Line(asyncio.Protocol):
    """One connection: a request is sent when the answer to the one before it is whole."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.pace = asking.plan.every_ms / 1000
        self.status = str(asking.plan.status).encode()
        self.buffer = b""
        self.expected = b""
        self.due = 0.0
        self.over = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own is no subclass of it
        self.due = time.perf_counter()
        self.ask()

    def ask(self) -> None:
        if self.transport.is_closing():
            return
        text, self.expected = next(self.asking.requests)
        if not self.pace:
            self.due = time.perf_counter()
        self.transport.write(text)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        ends = self.buffer.find(b"\r\n\r\n")
        if ends < 0:
            return
        head, body = self.buffer[:ends].lower(), self.buffer[ends + 4 :]
        _, _, after = head.partition(b"content-length: ")
        if len(body) < int(after.partition(b"\r\n")[0]):
            return
        self.buffer = b""
        self.asking.times.append(time.perf_counter() - self.due)
        if head[9:12] != self.status or self.expected not in body:
            self.asking.wrong.append((head[:12] + b" " + body[:200]).decode(errors="replace"))
        self.next()

    def next(self) -> None:
        self.due += self.pace
        if max(self.due, time.perf_counter()) >= self.asking.until:
            self.transport.close()
            return
        ahead = self.due - time.perf_counter()
        if self.pace and ahead > 0:
            asyncio.get_running_loop().call_later(ahead, self.ask)
        else:
            self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        if time.perf_counter() + self.pace < self.asking.until:
            self.asking.wrong.append(f"the connection was closed: {error}")
        self.asking.leave()


def start(plan: Plan) -> subprocess.Popen[bytes]:
    """Start asking; `finish` waits for the end."""
    asker = subprocess.Popen(
        [sys.executable, "-m", "bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert asker.stdin is not None
    asker.stdin.write(msgspec.json.encode(plan))
    asker.stdin.close()
    return asker


def finish(asker: subprocess.Popen[bytes]) -> Outcome:
    """The outcome. WrongAnswer when any answer was wrong, or there was none."""
    assert asker.stdout is not None
    told = asker.stdout.read()
    if asker.wait() != 0:
        raise WrongAnswer("asking broke off, see above")
    outcome = msgspec.json.decode(told, type=Outcome)
    if outcome.wrong or not outcome.answers:
        raise WrongAnswer("; ".join(outcome.wrong) or "no answer")
    return outcome


def run(plan: Plan) -> Outcome:
    return finish(start(plan))


def main() -> None:
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    try:
        import uvloop
    except ImportError:  # it does not exist for every system
        outcome = asyncio.run(Asking(plan).run())
    else:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            outcome = runner.run(Asking(plan).run())
    sys.stdout.buffer.write(msgspec.json.encode(outcome))


if __name__ == "__main__":
    main()
