"""A number is opened in all rooms at once, or in none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from abonent import catalog, ledger, lifecycle
from abonent.app import REACT, REACTIONS
from abonent.demo import deliver, received
from abonent.faces.jobs import Tools, jobs
from abonent.kit import Amount, operation_id
from abonent.settings import Settings
from abonent.storage import Database, Transaction, run_jobs
from tests.conftest import NOW
from tests.phones import ANNA, MEADOW, open_phone, spoken

OPERATION = operation_id("shop", "open", "1")


def number(top_up: str) -> lifecycle.NewNumber:
    return lifecycle.NewNumber(
        msisdn=ANNA,
        imsi="257040000000001",
        tariff=MEADOW.code,
        account_number="330000001",
        time_zone="Europe/Minsk",
        first_top_up=Amount.of(top_up, "BYN"),
    )


async def rows(tx: Transaction) -> int:
    return await tx.value(
        """SELECT (SELECT count(*) FROM subscribers.subscription)
                + (SELECT count(*) FROM ledger.entry) + (SELECT count(*) FROM charging.bucket)
                + (SELECT count(*) FROM messaging.contact) + (SELECT count(*) FROM storage.fact)
                + (SELECT count(*) FROM audit.event)"""
    )


async def test_a_first_top_up_that_does_not_pay_the_fee_opens_nothing(db: Database) -> None:
    await db.run(catalog.publish, offers=[MEADOW])
    with pytest.raises(ledger.NotEnough) as refused:
        await db.run(
            lifecycle.open_number, operation=OPERATION, number=number("10.00"), on=NOW.date()
        )
    assert refused.value.missing == Amount.of("9.90", "BYN")
    assert await db.run(rows) == 0


async def test_opening_twice_under_one_operation_is_one_number(db: Database) -> None:
    await db.run(catalog.publish, offers=[MEADOW])
    opened = [
        await db.run(
            lifecycle.open_number, operation=OPERATION, number=number("30.00"), on=NOW.date()
        )
        for _ in range(2)
    ]
    assert opened[0] == opened[1]
    assert await db.run(rows) == 1 + 2 + 5 + 1 + 1 + 1


async def test_a_new_number_is_told_how_to_set_a_password_once(
    db: Database, settings: Settings, database_url: str
) -> None:
    reacting = replace(db, reactions=REACTIONS)
    await open_phone(reacting)
    tools = Tools(db, spoken(settings), deliver, REACT)
    for _ in range(2):
        await run_jobs(database_url, jobs(tools), wait=False)
    texts = [one.text for one in await received(db, ANNA)]
    assert len(texts) == 1
    assert "*111*17#" in texts[0]
