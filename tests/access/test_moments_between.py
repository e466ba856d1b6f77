"""What changes between two steps of a flow is not taken for what was there before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from abonent import access, subscribers
from abonent.access import codes, flows_code
from abonent.kit import Refused
from abonent.storage import Database
from abonent.subscribers import BillingAccount
from tests import cast
from tests.conftest import Clock


async def test_a_guess_at_one_code_is_not_compared_with_the_next_one(
    db: Database, clock: Clock
) -> None:
    """Else a guess that was counted against the old code would be one too many at the new one."""
    anna = await cast.anna(db)
    flow, there = await cast.ask_password(db, anna.msisdn)
    compare = await db.run(codes.begin_compare, flow=flow, purpose="password", origin=there)
    clock.move(timedelta(seconds=61))
    await cast.code_sent(db, anna)
    await access.resend_code(db, flow=flow, origin=there)
    new = await cast.code_sent(db, anna)

    async def deed(*_: object) -> access.SignedIn:
        raise AssertionError("an old guess opened a new code")

    settled = await db.run(flows_code._settle, compare=compare, code=new, origin=there, deed=deed)

    assert isinstance(settled, Refused)
    asked = await access.code_asked(db, flow=flow, origin=there)
    assert asked.attempts_left == db.settings.limits.code_attempts_max
    assert await access.confirm_password(db, flow=flow, code=new, origin=there)


async def sell_again(db: Database, old: cast.Person) -> None:
    digits = old.msisdn.digits
    account = await db.run(
        subscribers.open_billing_account,
        account=BillingAccount(f"{digits}-2", db.settings.operator.time_zone),
    )
    await db.run(
        subscribers.open_subscription,
        account=account,
        msisdn=old.msisdn,
        imsi="257049999999999",
        tariff=("meadow", 1),
    )


@pytest.mark.parametrize("sold_again", [False, True])
async def test_no_code_is_sent_again_after_the_number_was_closed(
    db: Database, clock: Clock, sold_again: bool
) -> None:
    anna = await cast.anna(db)
    flow, there = await cast.ask_password(db, anna.msisdn)
    await cast.code_sent(db, anna)
    async with db.transaction() as tx:
        await tx.execute(
            "UPDATE subscribers.msisdn_holding SET during = tstzrange(lower(during), $1)",
            clock.now + timedelta(seconds=30),
        )
        await tx.execute(
            "UPDATE subscribers.subscription SET status = 'closed', closed_at = $1", clock.now
        )
    clock.move(timedelta(seconds=61))
    if sold_again:
        await sell_again(db, anna)

    again = await access.resend_code(db, flow=flow, origin=there)

    assert again.resend_at > clock.now, "the asker sees what he would see for any number"
    assert await cast.outbox(db, "sms.code") == []
    async with db.transaction() as tx:
        told = await tx.value(
            """SELECT count(*) FROM audit.event
                WHERE kind = 'access.code-sent' AND facts->>'send' = '2'
                  AND subscription_id IS NOT NULL"""
        )
    assert told == 0, "the new owner has no part in it"
