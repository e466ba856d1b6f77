"""Logs for operators, on the standard error: what happened where, and nothing about anybody.

An error's own words may carry what a row or a form held: a driver tells the value that does not
fit, PostgreSQL the row that broke a rule. So an error is told by its kind and its places alone.
"""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType
from typing import TypeAlias

import structlog
from structlog.typing import EventDict

_Caught: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)
_CHAIN_MAX = 5


def log_quietly() -> None:
    """Set up both ways of logging: our own events as JSON, those of libraries as lines."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(_Lines("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[lines])
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _with_places,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def places(error: BaseException) -> list[str]:
    """The kind of an error and the places it passed, then those of its causes."""
    told: list[str] = []
    cause: BaseException | None = error
    for _ in range(_CHAIN_MAX):
        if cause is None:
            break
        told.append(type(cause).__name__)
        told += [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(cause.__traceback__)
        ]
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return told


class _Lines(logging.Formatter):
    def formatException(self, ei: _Caught) -> str:
        return "\n".join(f"  {place}" for place in places(ei[1])) if ei[1] else ""


def _with_places(_: object, __: str, event: EventDict) -> EventDict:
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["exception"] = places(error)
    return event
