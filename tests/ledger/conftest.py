"""An open account and short words for moving money on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest_asyncio

from abonent import ledger
from abonent.kit import Amount, BillingAccountId, OperationId, SubscriptionId
from abonent.ledger import Posting
from abonent.storage import Database

ACCOUNT = BillingAccountId(7)
LONG_AGO, FAR_AHEAD = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def posting(decimal: str, operation: UUID | None = None, **changes: object) -> Posting:
    """A top-up of so many roubles when the sum is above zero, a charge when it is below."""
    amount = Amount.of(decimal, "BYN")
    comes_in = amount.units > 0
    made = Posting(
        operation=OperationId(operation or uuid4()),
        billing_account=ACCOUNT,
        subscription=SubscriptionId(70),
        on=date(2026, 7, 15),
        source="world" if comes_in else "customer",
        target="customer" if comes_in else "revenue",
        amount=amount if comes_in else -amount,
        category="top_up" if comes_in else "usage",
        occurred_at=datetime(2026, 7, 15, 9, tzinfo=UTC),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@dataclass
class Wallet:
    """Anna's account as the tests see it."""

    db: Database
    id: BillingAccountId = ACCOUNT

    async def move(self, decimal: str, operation: UUID | None = None, **changes: object) -> str:
        after = await self.db.run(ledger.post, posting(decimal, operation, **changes))
        return after.decimal()

    async def now(self) -> ledger.Balance:
        balance = await self.db.run(ledger.balance, self.id, "BYN")
        assert balance is not None
        return balance

    async def entries(self) -> list[ledger.Entry]:
        return await self.db.run(ledger.entries, self.id, LONG_AGO, FAR_AHEAD)


@pytest_asyncio.fixture
async def wallet(db: Database) -> Wallet:
    await db.run(ledger.open_account, billing_account=ACCOUNT, asset="BYN")
    return Wallet(db)
