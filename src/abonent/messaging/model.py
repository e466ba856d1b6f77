"""Messages as values: a kind (a key of the locale files), facts, and maybe a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from abonent.kit import BillingAccountId, Msisdn, Secret, SubscriptionId

LIFE = timedelta(hours=24)
"""How long a notice is worth sending; a code says its own, shorter life."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to queue. `facts` are plain JSON values; `secret` fills the fact `code`."""

    subscription: SubscriptionId
    billing_account: BillingAccountId
    kind: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    secret: Secret | None = None
    life: timedelta = LIFE


@dataclass(frozen=True, slots=True)
class Message:
    """A message taken from the outbox to be submitted now."""

    id: UUID
    msisdn: Msisdn
    language: str
    kind: str
    facts: Mapping[str, str | int]
    secret: Secret | None
