"""Facts: what happened, said once, in the transaction that made it true.

A room declares its facts as frozen structs and records them with `tx.record(fact)`. They form one
append-only log, partitioned by month. Who reacts to a fact stands in one table in `app.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from abonent.kit import BillingAccountId, SubscriptionId


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all facts. No secrets, no phone numbers: ids and figures only."""

    subscription: SubscriptionId
    billing_account: BillingAccountId


class RecordedFact(msgspec.Struct, frozen=True):
    """A fact as it is given to a reaction: with its id and the moment it was recorded."""

    id: UUID
    at: datetime
    fact: Any


def kind_of(fact: Fact | type[Fact]) -> str:
    """ "access.PasswordSet": the room and the name, as they stand in the log."""
    cls = fact if isinstance(fact, type) else type(fact)
    return f"{cls.__module__.split('.')[1]}.{cls.__name__}"


def type_of(kind: str) -> type[Fact]:
    """The fact of that name. LookupError when no room declares it (any more)."""
    waiting = list(Fact.__subclasses__())
    while waiting:
        found = waiting.pop()
        if kind_of(found) == kind:
            return found
        waiting += found.__subclasses__()
    raise LookupError(f"no fact {kind}")
