"""Home in one statement: the session, its right to the number, and figures that are true."""

from __future__ import annotations

from datetime import timedelta

import pytest

from abonent import access, ledger, overview
from abonent.access import Link, Origin, SignedIn, SignedOut
from abonent.kit import Amount, Msisdn, Secret, operation_id
from abonent.storage import Database, Principal, Transaction
from tests.conftest import Clock
from tests.phones import ANNA, BORIS, PASSWORD, open_phone, open_with_password

TABLET = Msisdn("+375330000002")


async def sign_in(db: Database) -> SignedIn:
    got = await access.sign_in(
        db,
        msisdn=ANNA,
        password=Secret(PASSWORD),
        origin=Origin(None, "127.0.0.1", "test", "api"),
    )
    assert isinstance(got, SignedIn)
    return got


@pytest.fixture
async def anna(db: Database) -> SignedIn:
    await open_with_password(db)
    return await sign_in(db)


async def test_home_shows_what_the_ledger_says(db: Database, anna: SignedIn) -> None:
    nobody = db.acting(Principal())
    seen = await overview.home(nobody, token=anna.token)
    assert seen.balance is not None
    assert seen.balance.amount == Amount.of("47.35", "BYN")

    async def spend(tx: Transaction) -> None:
        posting = ledger.Posting(
            operation=operation_id("test", "spend", "1"),
            billing_account=anna.session.billing_account,
            subscription=anna.session.subscription,
            on=tx.now.date(),
            source="customer",
            target="revenue",
            amount=Amount.of("0.0125", "BYN"),
            category="usage",
            occurred_at=tx.now,
        )
        await ledger.post(tx, posting)

    await db.run(spend)
    after = await overview.home(nobody, token=anna.token)
    assert after.balance is not None
    assert after.balance.amount == Amount.of("47.3375", "BYN")
    assert after.spent_units == 125


async def test_an_account_without_a_balance_is_unknown_and_never_zero(
    db: Database, anna: SignedIn, database_url: str
) -> None:
    import psycopg

    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("DELETE FROM ledger.account")
    seen = await overview.home(db, token=anna.token)
    assert seen.balance is None


async def test_a_token_that_is_not_ours_is_signed_out(db: Database, anna: SignedIn) -> None:
    with pytest.raises(SignedOut):
        await overview.home(db, token=Secret("x" * 43))


async def test_a_session_ends_after_two_weeks_without_use(
    db: Database, clock: Clock, anna: SignedIn
) -> None:
    clock.move(timedelta(days=13))
    await overview.home(db, token=anna.token)
    clock.move(timedelta(days=13))
    await overview.home(db, token=anna.token)
    clock.move(timedelta(days=14, hours=1))
    with pytest.raises(SignedOut):
        await overview.home(db, token=anna.token)


async def test_a_session_ends_after_thirty_days_however_it_is_used(
    db: Database, clock: Clock, anna: SignedIn
) -> None:
    for _ in range(3):
        clock.move(timedelta(days=9, hours=23))
        await overview.home(db, token=anna.token)
    clock.move(timedelta(hours=4))
    with pytest.raises(SignedOut):
        await overview.home(db, token=anna.token)


async def test_a_strangers_number_is_not_there(db: Database, anna: SignedIn) -> None:
    boris = await open_phone(db, BORIS)
    with pytest.raises(overview.NotYours):
        await overview.home(db, token=anna.token, number=boris.subscription)


async def test_a_linked_number_opens_at_the_tier_its_link_gives(
    db: Database, anna: SignedIn
) -> None:
    tablet = await open_phone(db, TABLET)
    link = Link(
        owner=anna.session.subscription,
        owner_account=anna.session.billing_account,
        target=tablet.subscription,
        target_account=tablet.billing_account,
        role="watch",
        made_by="grant",
        name=None,
        proven=True,
    )
    await db.run(access.link_numbers, link=link)
    seen = await overview.home(db, token=anna.token, number=tablet.subscription)
    assert (seen.msisdn, seen.tier) == (int(TABLET.digits), 0)


async def test_expired_packets_are_not_shown(db: Database, clock: Clock, anna: SignedIn) -> None:
    assert len((await overview.home(db, token=anna.token)).buckets) == 5
    for _ in range(3):
        clock.move(timedelta(days=9))
        await overview.home(db, token=anna.token)
    clock.set(clock.now + timedelta(days=2, hours=23))
    fresh = await sign_in(db)
    clock.move(timedelta(days=1))
    assert (await overview.home(db, token=fresh.token)).buckets == []


async def test_after_a_screen_the_connection_acts_for_nobody_again(
    db: Database, anna: SignedIn
) -> None:
    """The principal of a statement must not outlive it on a pooled connection."""
    nobody = db.acting(Principal())
    for _ in range(12):
        await overview.home(nobody, token=anna.token)
    assert await nobody.value("SELECT count(*) FROM ledger.account") == 0
