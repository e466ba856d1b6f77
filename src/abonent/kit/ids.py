"""Identities. A number on a SIM is never one of them: numbers are sold again, ids are not."""

from __future__ import annotations

from typing import NewType
from uuid import UUID, uuid4, uuid5

PartyId = NewType("PartyId", int)
BillingAccountId = NewType("BillingAccountId", int)
SubscriptionId = NewType("SubscriptionId", int)
OperationId = NewType("OperationId", UUID)

_OPERATIONS = UUID("6f1f3a0e-5d0e-5d4e-9a39-0f2f6f6b6e01")


def operation_id(principal: str, action: str, key: str) -> OperationId:
    """The id of an operation: who starts it, what it is, and the key that the starter made.

    A stranger who learns a key learns nothing: the same key of another principal is another id.
    """
    return OperationId(uuid5(_OPERATIONS, f"{principal}\x1f{action}\x1f{key}"))


def random_id() -> UUID:
    return uuid4()
