"""The outbox: one row a message, secrets sealed and wiped, nothing sent late or twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from abonent import messaging
from abonent.kit import BillingAccountId, Msisdn, Refused, Secret, SubscriptionId
from abonent.storage import Database, Transaction
from tests.conftest import Clock

ANNA, ACCOUNT = SubscriptionId(1), BillingAccountId(1)
CODE = messaging.Outgoing(
    ANNA, ACCOUNT, "sms.code-password", {"minutes": 5}, Secret("402917"), timedelta(minutes=5)
)


@pytest.fixture
async def phone(db: Database) -> Msisdn:
    number = Msisdn("+375330000001")
    await db.run(
        messaging.set_contact, account=ACCOUNT, subscription=ANNA, msisdn=number, language="be"
    )
    return number


async def secrets(tx: Transaction) -> list[bytes | None]:
    return [row["secret"] for row in await tx.all("SELECT secret FROM messaging.outbox")]


async def queue(db: Database) -> UUID:
    message = await db.run(messaging.queue_message, message=CODE)
    assert message is not None
    return message


async def test_a_code_is_sealed_in_the_outbox_and_wiped_when_it_leaves(
    db: Database, phone: Msisdn
) -> None:
    message = await queue(db)
    (sealed,) = await db.run(secrets)
    assert sealed is not None
    assert b"402917" not in sealed
    taken = await db.run(messaging.take_message, message=message)
    assert taken is not None
    assert (taken.msisdn, taken.language) == (phone, "be")
    assert taken.secret is not None
    assert taken.secret.reveal() == "402917"
    assert await db.run(secrets) == [None]


async def test_a_message_leaves_once_however_many_workers_take_it(
    db: Database, phone: Msisdn
) -> None:
    message = await queue(db)
    taken = await asyncio.gather(
        *(db.run(messaging.take_message, message=message) for _ in range(10))
    )
    assert sum(one is not None for one in taken) == 1


async def test_a_code_older_than_its_life_is_dropped_and_wiped(
    db: Database, clock: Clock, phone: Msisdn
) -> None:
    message = await queue(db)
    clock.move(timedelta(minutes=5))
    assert await db.run(messaging.take_message, message=message) is None
    assert await db.run(secrets) == [None]


async def test_expired_messages_are_swept_even_when_nobody_takes_them(
    db: Database, clock: Clock, phone: Msisdn
) -> None:
    await queue(db)
    assert await db.run(messaging.expire_messages) == 0
    clock.move(timedelta(minutes=6))
    assert await db.run(messaging.expire_messages) == 1
    assert await db.run(secrets) == [None]


async def test_a_message_of_a_transaction_that_fails_is_never_queued(
    db: Database, phone: Msisdn
) -> None:
    async def fail(tx: Transaction) -> None:
        await messaging.queue_message(tx, message=CODE)
        raise Refused

    with pytest.raises(Refused):
        await db.run(fail)
    assert await db.run(secrets) == []


async def test_without_a_contact_there_is_no_message(db: Database) -> None:
    assert await db.run(messaging.queue_message, message=CODE) is None
