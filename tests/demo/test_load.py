"""The bulk load: balanced, repeatable, resumable, under the row-level policies."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from abonent import access, ledger, subscribers
from abonent.demo import load_store
from abonent.kit import Amount, BillingAccountId, Msisdn, Secret, SubscriptionId
from abonent.storage import Database

_TABLES = (
    "subscribers.party", "subscribers.billing_account", "subscribers.subscription",
    "subscribers.msisdn_holding", "messaging.contact", "ledger.account", "ledger.entry",
    "ledger.day_total", "charging.bucket", "charging.recurring", "charging.usage",
    "access.credential", "access.link", "catalog.offer", "demo.piece",
)  # fmt: skip


async def counts(db: Database) -> dict[str, int]:
    async with db.transaction() as tx:
        return {table: await tx.value(f"SELECT count(*) FROM {table}") for table in _TABLES}


async def test_every_balance_is_the_sum_of_its_entries(db: Database, load: Any) -> None:
    await load(120)
    async with db.transaction() as tx:
        wrong = await tx.value(
            """SELECT count(*) FROM ledger.account a
                 LEFT JOIN (SELECT billing_account_id,
                                   sum(CASE target WHEN 'customer' THEN units ELSE -units END) s
                              FROM ledger.entry GROUP BY 1) e USING (billing_account_id)
                 LEFT JOIN (SELECT billing_account_id, sum(units) s
                              FROM ledger.day_total GROUP BY 1) d USING (billing_account_id)
                WHERE a.balance IS DISTINCT FROM e.s OR a.balance IS DISTINCT FROM d.s"""
        )
        accounts = await tx.value("SELECT count(*) FROM ledger.account")
        lines = await tx.value("SELECT count(*) FROM subscribers.published_subscription")
    assert (wrong, accounts, lines) == (0, 107, 120)


async def test_the_named_people_are_there(db: Database, load: Any) -> None:
    await load(10)
    sums = {}
    for index, name in ((1, "Анна"), (2, "Планшет"), (3, "Борис"), (4, "Вера")):
        number = Msisdn(f"+37533000000{index}")
        line = await db.run(subscribers.subscription_by_msisdn, number)
        assert line is not None and (line.name, line.id) == (name, index)
        balance = await db.run(ledger.balance, line.billing_account, "BYN")
        assert balance is not None
        sums[name] = balance.balance
    assert sums["Анна"] == sums["Планшет"] == Amount.of("47.35", "BYN")
    assert sums["Борис"] == Amount.of("0.17", "BYN")


@pytest.mark.parametrize(
    ("index", "password"), [(1, "anna2026"), (3, "boris2026"), (5, "modem2026")]
)
async def test_the_named_people_sign_in(db: Database, load: Any, index: int, password: str) -> None:
    await load(10)
    origin = access.Origin(None, "127.0.0.1", "test", "web")
    signed = await access.sign_in(
        db, msisdn=Msisdn(f"+37533000000{index}"), password=Secret(password), origin=origin
    )
    assert isinstance(signed, access.SignedIn)
    assert signed.session.subscription == index


async def test_loading_again_changes_nothing(db: Database, load: Any) -> None:
    await load(30)
    before = await counts(db)
    await load(30)
    assert await counts(db) == before


async def test_a_password_set_later_survives_the_next_start(db: Database, load: Any) -> None:
    await load(10)
    async with db.transaction() as tx:
        await tx.execute("UPDATE access.credential SET hash = 'mine' WHERE subscription_id = 1")
    await load(10)
    async with db.transaction() as tx:
        hashed = await tx.value("SELECT hash FROM access.credential WHERE subscription_id = 1")
    assert hashed == "mine"


async def test_asking_for_more_people_later_adds_the_missing_ones(db: Database, load: Any) -> None:
    await load(20)
    await load(30)
    grown = await counts(db)
    assert grown["subscribers.subscription"] == 30
    assert grown["demo.piece"] == 2


_LOADER = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from abonent.demo import loading
from abonent.settings import load
from abonent.storage import connect, load_keys

async def main(url, folder, now):
    clock = lambda: datetime.fromisoformat(now)
    db = await connect(url, load({"ABONENT_DATA": folder}), load_keys(Path(folder)), clock=clock)
    loading.PIECE = 50
    await loading.load_demo(url, db, subscribers=600)

if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_load_that_was_killed_goes_on_with_what_is_missing(
    db: Database, database_url: str, load: Any, clock: Any, tmp_path: Path
) -> None:
    script = tmp_path / "loader.py"
    script.write_text(_LOADER)
    then = clock.now
    loader = subprocess.Popen(
        [sys.executable, script, database_url, tmp_path, then.isoformat()],
        env={**os.environ, "PYTHONPATH": str(Path("src").absolute())},
    )
    try:
        while not await db.run(load_store.pieces):
            assert loader.poll() is None
            await asyncio.sleep(0.02)
    finally:
        loader.kill()
        loader.wait()
    assert 0 < len(await db.run(load_store.pieces)) < 12

    clock.move(timedelta(hours=5))
    await load(600)

    assert (await counts(db))["subscribers.subscription"] == 600
    async with db.transaction() as tx:
        # Everybody's history ends where the first load began.
        assert await tx.value("SELECT loaded_at FROM demo.state") == then
        assert await tx.value("SELECT max(posted_at) FROM ledger.entry") <= then


async def test_numbers_opened_later_get_ids_above_all_demo_people(db: Database, load: Any) -> None:
    await load(10)
    account = await db.run(
        subscribers.open_billing_account,
        account=subscribers.BillingAccount(number="77", time_zone="Europe/Minsk"),
    )
    assert account > 9_999_999


async def test_the_tablet_is_linked_to_anna(db: Database, load: Any) -> None:
    await load(10)
    async with db.transaction() as tx:
        row = await tx.one("SELECT subscription_id, target_subscription_id, role FROM access.link")
    assert row is not None and tuple(row) == (SubscriptionId(1), SubscriptionId(2), "full")
    assert (await db.run(ledger.balance, BillingAccountId(2), "BYN")) is None
