"""Sessions: found by their token, as long as they are used, until they are ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from abonent import access
from abonent.kit import Secret
from abonent.storage import Database, Principal
from tests import cast
from tests.conftest import Clock

DAY = timedelta(days=1)


async def alive(db: Database, signed_in: access.SignedIn) -> bool:
    return await access.find_session(db, token=signed_in.token) is not None


async def test_a_session_ends_fourteen_days_after_its_last_use(db: Database, clock: Clock) -> None:
    signed_in = await cast.sign_in(db, await cast.anna(db))
    clock.move(13 * DAY)
    assert await alive(db, signed_in)
    clock.move(13 * DAY)
    assert await alive(db, signed_in), "each use counts"
    unused = await cast.sign_in(db, await cast.boris(db))
    clock.move(14 * DAY)

    assert not await alive(db, unused)


async def test_a_session_ends_thirty_days_after_it_began_however_much_it_is_used(
    db: Database, clock: Clock
) -> None:
    signed_in = await cast.sign_in(db, await cast.anna(db))
    assert signed_in.session.expires_at == clock.now + 30 * DAY
    for _ in range(29):
        clock.move(DAY)
        assert await alive(db, signed_in)
    clock.move(DAY)

    assert not await alive(db, signed_in)


async def test_the_last_use_is_noted_once_an_hour(db: Database, clock: Clock) -> None:
    signed_in = await cast.sign_in(db, await cast.anna(db))
    began = clock.now
    for minutes, noted in ((59, 0), (2, 61), (30, 61)):
        clock.move(timedelta(minutes=minutes))
        await alive(db, signed_in)
        async with db.transaction() as tx:
            seen = await tx.value("SELECT seen_at FROM access.session")
        assert seen == began + timedelta(minutes=noted)


async def test_no_token_that_was_not_given_finds_a_session(db: Database) -> None:
    signed_in = await cast.sign_in(db, await cast.anna(db))
    for text in ("", "x", signed_in.token.reveal()[:-1], signed_in.device_token.reveal()):
        assert await access.find_session(db, token=Secret(text)) is None


async def test_tokens_are_random_and_only_their_digests_are_stored(db: Database) -> None:
    anna = await cast.anna(db)
    one, two = await cast.sign_in(db, anna), await cast.sign_in(db, anna)
    tokens = {secret.reveal() for got in (one, two) for secret in (got.token, got.device_token)}

    assert len(tokens) == 4 and all(len(token) == 43 for token in tokens)
    async with db.transaction() as tx:
        rows = await tx.all("SELECT s::text FROM access.session s")
        rows += await tx.all("SELECT d::text FROM access.device d")
    text = " ".join(row[0] for row in rows)
    assert not any(token in text or token.encode().hex() in text for token in tokens)


async def test_finding_a_session_leaves_the_connection_acting_for_nobody(db: Database) -> None:
    signed_in = await cast.sign_in(db, await cast.anna(db))
    for _ in range(5):
        assert await alive(db, signed_in)
        assert await db.value("SELECT count(*) FROM access.session") == 0


async def test_a_session_is_listed_ended_alone_and_with_the_others(
    db: Database, clock: Clock
) -> None:
    anna, boris = await cast.anna(db), await cast.boris(db)
    mine = []
    for _ in range(4):
        mine.append(await cast.sign_in(db, anna))
        clock.move(timedelta(seconds=1))
    theirs = await cast.sign_in(db, boris)
    own = db.acting(Principal.subscriber(anna.subscription, anna.billing_account))

    listed = await own.run(access.sessions_of, subscription=anna.subscription)
    assert [one.id for one in listed] == [got.session.id for got in reversed(mine)]
    end = access.end_session
    assert await own.run(end, session=mine[0].session.id, subscription=anna.subscription)
    assert not await own.run(end, session=mine[0].session.id, subscription=anna.subscription)
    assert not await own.run(end, session=theirs.session.id, subscription=anna.subscription)
    assert not await own.run(end, session=theirs.session.id, subscription=boris.subscription)
    ended = await own.run(
        access.end_other_sessions, subscription=anna.subscription, keep=mine[3].session.id
    )

    assert ended == 2
    assert [await alive(db, got) for got in (*mine, theirs)] == [False, False, False, True, True]
    assert len(await own.run(access.sessions_of, subscription=anna.subscription)) == 1
    async with db.transaction() as tx:
        audited = "SELECT count(*) FROM audit.event WHERE kind = 'access.session-ended'"
        assert await tx.value(audited) == 3
        bodies = await tx.all("SELECT body FROM storage.fact WHERE kind = 'access.SessionsEnded'")
    assert len(bodies) == 2


@pytest.mark.parametrize("as_system", [True, False])
async def test_signing_out_ends_the_session_of_the_token(db: Database, as_system: bool) -> None:
    anna = await cast.anna(db)
    here, there = await cast.sign_in(db, anna), await cast.sign_in(db, anna)
    own = db.acting(Principal.subscriber(anna.subscription, anna.billing_account))
    for _ in range(2):
        await (db if as_system else own).run(access.sign_out, token=here.token)

    assert not await alive(db, here)
    assert await alive(db, there)


async def test_one_number_sees_nothing_of_anothers_access(db: Database) -> None:
    """Row-level security, the second wall."""
    anna, boris = await cast.anna(db), await cast.boris(db)
    await cast.prove(db, anna)
    await cast.ask_password(db, anna.msisdn)
    boris_s = db.acting(Principal.subscriber(boris.subscription, boris.billing_account))
    async with boris_s.transaction() as tx:
        for table in ("session", "known_device", "device", "attempt", "flow", "code_send"):
            assert await tx.value(f"SELECT count(*) FROM access.{table}") == 0, table
        assert await tx.value("SELECT count(*) FROM access.credential") == 1


async def test_a_token_resolves_to_its_own_and_to_linked_numbers_only(db: Database) -> None:
    anna, boris, vera = await cast.anna(db), await cast.boris(db), await cast.vera(db)
    token = (await cast.prove(db, anna)).token
    link = access.Link(
        owner=anna.subscription,
        owner_account=anna.billing_account,
        target=boris.subscription,
        target_account=boris.billing_account,
        role="full",
        made_by="password",
        name="Борис",
    )
    first = await db.run(access.link_numbers, link=link)
    assert await db.run(access.link_numbers, link=link) == first

    async def entered(target: int | None) -> tuple[bool, int] | None:
        row = await db.one(
            "SELECT * FROM access.enter(sha256($1), $2, $3, '14 days')",
            token.reveal().encode(),
            target,
            db.clock(),
        )
        return (row["allowed"], row["tier"]) if row else None

    assert await entered(None) == (True, 1)
    assert await entered(boris.subscription) == (True, 0), "linked by password alone"
    assert (await entered(vera.subscription) or (True, 0))[0] is False


async def test_what_is_old_is_forgotten(db: Database, clock: Clock) -> None:
    anna = await cast.anna(db)
    ended = await cast.sign_in(db, anna)
    await db.run(access.sign_out, token=ended.token)
    with pytest.raises(access.WrongPair):
        await cast.sign_in(db, anna, password="wrong77")
    await cast.ask_password(db, anna.msisdn)
    clock.move(timedelta(days=25))
    living = await cast.sign_in(db, anna)
    await cast.prove(db, anna)

    async def counts() -> dict[str, int]:
        tables = ("attempt", "flow", "code_send", "session", "device", "known_device")
        async with db.transaction() as tx:
            return {t: await tx.value(f"SELECT count(*) FROM access.{t}") for t in tables}

    await db.run(access.forget_old)
    kept = await counts()
    assert kept["attempt"] == 5 and kept["flow"] == 1 and kept["code_send"] == 1
    assert kept["session"] == 3 and kept["device"] == 3
    assert await alive(db, living)

    clock.move(timedelta(days=66))
    await db.run(access.forget_old)
    later = await counts()
    assert later == {
        "attempt": 0,
        "flow": 0,
        "code_send": 0,
        "session": 2,
        "device": 2,
        "known_device": 1,
    }
