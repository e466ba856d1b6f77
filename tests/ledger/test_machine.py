"""Random movements against a model: the balance is the sum of the entries, whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from abonent import ledger
from abonent.kit import Amount, BillingAccountId, Keys, OperationId, OperationReused
from abonent.ledger import Posting
from abonent.settings import Settings
from abonent.storage import Database, Principal, connect

_LONG_AGO, _FAR_AHEAD = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_accounts = count(1000)
_sums = st.integers(1, 400_000)


class Money(RuleBasedStateMachine):
    """One account of the machine's own for each example, so that nothing needs emptying."""

    db: Database
    run: Callable[[Awaitable[Any]], Any]
    made = Bundle("made")

    @initialize(credit=st.sampled_from([0, 50_000]))
    def open(self, credit: int) -> None:
        self.account = BillingAccountId(next(_accounts))
        self.credit, self.balance = credit, 0
        self.posted: dict[UUID, Posting] = {}
        self.run(
            self.db.run(
                ledger.open_account,
                billing_account=self.account,
                asset="BYN",
                credit_limit=Amount(credit, "BYN"),
            )
        )

    @rule(target=made, units=_sums)
    def top_up(self, units: int) -> Posting:
        posting = self._posting(units)
        self._post(posting)
        return posting

    @rule(target=made, units=_sums, day=st.integers(1, 28))
    def charge(self, units: int, day: int) -> Posting:
        posting = replace(self._posting(-units), on=date(2026, 6, day))
        missing = units - self.balance - self.credit
        try:
            self._post(posting)
        except ledger.NotEnough as refusal:
            assert refusal.missing.units == missing
        else:
            assert missing <= 0
        return posting

    @rule(target=made, units=_sums)
    def force(self, units: int) -> Posting:
        posting = replace(self._posting(-units), forced_reason="correction")
        self._post(posting)
        return posting

    @rule(target=made, units=_sums)
    def use(self, units: int) -> Posting:
        posting = replace(self._posting(-units), reason_if_short="late usage")
        self._post(posting)
        return posting

    @rule(posting=made)
    def repeat(self, posting: Posting) -> None:
        if posting.operation in self.posted:
            after = self.run(self.db.run(ledger.post, posting))
            assert after.units == self.balance

    @rule(posting=made, more=_sums)
    def repeat_with_another_sum(self, posting: Posting, more: int) -> None:
        if posting.operation in self.posted:
            other = replace(posting, amount=Amount(posting.amount.units + more, "BYN"))
            try:
                self.run(self.db.run(ledger.post, other))
            except OperationReused:
                return
            raise AssertionError("another movement passed under a used operation")

    @invariant()
    def the_books_agree(self) -> None:
        self.run(self._compare())

    async def _compare(self) -> None:
        balance = await self.db.run(ledger.balance, self.account, "BYN")
        entries = await self.db.run(ledger.entries, self.account, _LONG_AGO, _FAR_AHEAD)
        async with self.db.transaction() as tx:
            days = await tx.value(
                """SELECT coalesce(sum(units), 0)::bigint FROM ledger.day_total
                    WHERE billing_account_id = $1""",
                self.account,
            )
        assert balance is not None
        assert balance.balance.units == self.balance == days
        assert balance.balance.units == sum(entry.change for entry in entries)
        assert {entry.operation for entry in entries} == set(self.posted)
        assert balance.debt.units == max(0, -(self.balance + self.credit))
        assert balance.available.units == self.balance + self.credit

    def _post(self, posting: Posting) -> None:
        after = self.run(self.db.run(ledger.post, posting))
        self.posted[posting.operation] = posting
        self.balance += posting.change
        assert after.units == self.balance

    def _posting(self, change: int) -> Posting:
        comes_in = change > 0
        return Posting(
            operation=OperationId(uuid4()),
            billing_account=self.account,
            subscription=None,
            on=date(2026, 7, 15),
            source="world" if comes_in else "customer",
            target="customer" if comes_in else "revenue",
            amount=Amount(abs(change), "BYN"),
            category="top_up" if comes_in else "usage",
            occurred_at=datetime(2026, 7, 15, tzinfo=UTC),
        )


def test_the_books_agree_after_any_movements(
    database_url: str, settings: Settings, keys: Keys, clock: Any
) -> None:
    with asyncio.Runner() as runner:
        database = runner.run(connect(database_url, settings, keys, clock=clock))
        db = database.acting(Principal.system("test"))
        machine = type("Machine", (Money,), {"db": db, "run": staticmethod(runner.run)})
        try:
            run_state_machine_as_test(machine, settings=_settings)
        finally:
            runner.run(database.close())


_settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
