"""Refusals: what the rules say no to.

A refusal has a stable code and facts that the asker may see. It has no text and no HTTP status:
each face maps it to its channel, the texts stand in the locale files under the code.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar


class Refused(Exception):
    """The base of all refusals. Subclasses are dataclasses whose fields are the facts."""

    code: ClassVar[str] = "refused"

    def facts(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]

    def __str__(self) -> str:
        return self.code


@dataclass(eq=False)
class OperationReused(Refused):
    """The same operation id came with other content."""

    code: ClassVar[str] = "operation-reused"


@dataclass(eq=False)
class Busy(Refused):
    """The bounded queue of expensive work is full: come back in a moment."""

    code: ClassVar[str] = "busy"
    wait_seconds: int = 5
