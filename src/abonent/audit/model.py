"""Audit events and the digest of their chain."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from abonent.kit import BillingAccountId, SubscriptionId


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is "room.verb"; `facts` never carry secrets; `personal` can be erased later."""

    kind: str
    channel: str
    actor: str
    subscription: SubscriptionId | None = None
    billing_account: BillingAccountId | None = None
    facts: Mapping[str, str | int | bool] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)


def chain_digest(previous: bytes, rows: Iterable[str]) -> bytes:
    """SHA-256 over the seal before and the canonical texts of the rows, in order."""
    digest = hashlib.sha256(previous)
    for row in rows:
        digest.update(hashlib.sha256(row.encode()).digest())
    return digest.digest()
