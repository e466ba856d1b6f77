"""Numbers are held over intervals and are never an identity."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from abonent import subscribers
from abonent.kit import BillingAccountId, Msisdn, SubscriptionId
from abonent.storage import Database, Transaction
from tests.conftest import Clock

NUMBER = Msisdn("+375330000001")


async def account(db: Database, number: str = "330001") -> BillingAccountId:
    opened = subscribers.BillingAccount(number, "Europe/Minsk", party_name="Анна")
    return await db.run(subscribers.open_billing_account, account=opened)


async def open_number(
    db: Database, held_by: BillingAccountId, *, imsi: str = "257020000000001"
) -> SubscriptionId:
    return await db.run(
        subscribers.open_subscription,
        account=held_by,
        msisdn=NUMBER,
        imsi=imsi,
        tariff=("lugovoi", 1),
    )


async def test_a_number_finds_its_present_holder(db: Database) -> None:
    opened = await open_number(db, await account(db))
    found = await db.run(subscribers.subscription_by_msisdn, NUMBER)
    assert found is not None
    assert (found.id, found.msisdn, found.status) == (opened, NUMBER, "active")


async def test_a_stranger_number_finds_nobody(db: Database) -> None:
    assert await db.run(subscribers.subscription_by_msisdn, Msisdn("+375339999999")) is None


async def test_a_number_in_use_is_not_given_twice(db: Database) -> None:
    held_by = await account(db)
    await open_number(db, held_by)
    with pytest.raises(subscribers.NumberTaken):
        await open_number(db, held_by, imsi="257020000000002")


async def test_of_ten_who_want_a_number_at_once_one_gets_it(db: Database) -> None:
    held_by = await account(db)
    wanted = (open_number(db, held_by, imsi=f"25702000000{n:04}") for n in range(10))
    got = await asyncio.gather(*wanted, return_exceptions=True)
    assert sum(not isinstance(one, Exception) for one in got) == 1
    assert all(isinstance(one, int | subscribers.NumberTaken) for one in got)


async def test_two_holders_at_one_moment_cannot_be_written_at_all(
    db: Database, clock: Clock
) -> None:
    """The constraint is the second lock, behind the question before the insert."""
    held_by = await account(db)
    opened = await open_number(db, held_by)

    async def overlap(tx: Transaction) -> None:
        await tx.execute(
            """INSERT INTO subscribers.msisdn_holding VALUES ($1, $2, $3, tstzrange($4, $5))""",
            int(NUMBER.digits),
            held_by,
            opened,
            clock.now,
            clock.now + timedelta(days=1),
        )

    with pytest.raises(asyncpg.ExclusionViolationError):
        await db.run(overlap)


async def test_late_usage_finds_who_held_the_number_then(db: Database, clock: Clock) -> None:
    first_day = clock.now
    opened = await open_number(db, await account(db))
    assert await db.run(subscribers.holder_at, NUMBER, first_day + timedelta(days=9)) == opened
    assert await db.run(subscribers.holder_at, NUMBER, first_day - timedelta(days=1)) is None


async def test_a_language_reaches_the_contact_too(db: Database) -> None:
    opened = await open_number(db, await account(db))
    await db.run(subscribers.choose_language, subscription=opened, language="be")

    async def languages(tx: Transaction) -> tuple[str, str]:
        seen = await subscribers.subscription(tx, opened)
        assert seen is not None
        contact = await tx.value(
            "SELECT language FROM messaging.contact WHERE subscription_id = $1", opened
        )
        return seen.language, contact

    assert await db.run(languages) == ("be", "be")
