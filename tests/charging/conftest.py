"""Anna's number on a small tariff, with money on the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

import pytest_asyncio

from abonent import catalog, charging, ledger, subscribers
from abonent.catalog import Allowance, Offer, Price
from abonent.kit import Amount, BillingAccountId, Msisdn, OperationId, SubscriptionId
from abonent.storage import Database

ZONE = "Europe/Minsk"
MEADOW = Offer(
    code="meadow",
    version=1,
    kind="tariff",
    names={"ru": "Луговой"},
    fee=Amount.of("19.90", "BYN"),
    period="month",
    tax_rate_bp=2500,
    allowances=(
        Allowance("second", "in_net", None),
        Allowance("second", "other_net", 600),
        Allowance("byte", "night", None),
        Allowance("byte", "home", 1000),
    ),
    prices=(
        Price("second", "home", 60, Amount.of("0.15", "BYN")),
        Price("second", "roaming", 60, Amount.of("0.95", "BYN")),
        Price("byte", "home", 100, Amount.of("0.02", "BYN")),
        Price("message", "home", 1, Amount.of("0.06", "BYN")),
    ),
)


@dataclass
class Line:
    """A subscription with its account, as the tests use it."""

    db: Database
    account: BillingAccountId
    id: SubscriptionId

    async def pay(self, decimal: str) -> None:
        posting = ledger.Posting(
            operation=OperationId(uuid4()),
            billing_account=self.account,
            subscription=self.id,
            on=date(2026, 7, 15),
            source="world",
            target="customer",
            amount=Amount.of(decimal, "BYN"),
            category="top_up",
            occurred_at=self.db.clock(),
        )
        await self.db.run(ledger.post, posting)

    async def start(self, on: date) -> charging.Plan:
        return await self.db.run(
            charging.start_plan,
            operation=OperationId(uuid4()),
            subscription=self.id,
            offer=("meadow", 1),
            on=on,
        )

    async def renew(self, on: date) -> charging.Plan | None:
        return await self.db.run(
            charging.renew,
            billing_account=self.account,
            subscription=self.id,
            offer="meadow",
            on=on,
        )

    def record(
        self,
        unit: catalog.Unit,
        scope: catalog.UsageScope,
        quantity: int,
        *,
        id: str | None = None,
        at: datetime | None = None,
    ) -> charging.UsageRecord:
        usage = charging.Usage(unit, scope, quantity, at or self.db.clock())
        return charging.UsageRecord("test", id or str(uuid4()), self.id, usage)

    async def use(self, record: charging.UsageRecord) -> charging.Rated | None:
        return await self.db.run(charging.record_usage, record=record)

    async def balance(self) -> str:
        found = await self.db.run(ledger.balance, self.account, "BYN")
        assert found is not None
        return found.balance.decimal()

    async def left(self) -> dict[str, int | None]:
        found = await self.db.run(charging.buckets, self.account, self.id, self.db.clock())
        return {f"{bucket.unit} {bucket.scope}": bucket.remaining for bucket in found}


@pytest_asyncio.fixture
async def line(db: Database) -> Line:
    """Anna's line: 50 roubles, no plan yet."""
    await db.run(catalog.publish, offers=[MEADOW])
    account = await db.run(
        subscribers.open_billing_account,
        account=subscribers.BillingAccount(number="1001", time_zone=ZONE),
    )
    await db.run(ledger.open_account, billing_account=account, asset="BYN")
    subscription = await db.run(
        subscribers.open_subscription,
        account=account,
        msisdn=Msisdn("+375330000001"),
        imsi="257990000000001",
        tariff=("meadow", 1),
    )
    opened = Line(db, account, subscription)
    await opened.pay("50.00")
    return opened
