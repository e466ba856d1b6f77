"""Does this number exist? Nothing that can be seen or timed from outside says so."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from abonent import access
from abonent.kit import Msisdn, Refused, Secret
from abonent.storage import Database, connect
from tests import cast
from tests.access.counting import counting
from tests.conftest import Clock


async def seen(step: Awaitable[Any]) -> tuple[Any, ...]:
    """What an asker sees of a step: the refusal and its facts, or the shape of the answer."""
    try:
        answer = await step
    except Refused as refusal:
        return (refusal.code, refusal.facts())
    assert isinstance(answer, access.CodeAsked)
    token = answer.device_token
    plain = replace(answer, id=UUID(int=0), msisdn=Msisdn("+375330000000"), device_token=None)
    return (plain, len(token.reveal()) if token else None)


async def sign_in_story(db: Database, clock: Clock, number: Msisdn) -> list[tuple[Any, ...]]:
    story = []
    for address in range(60):
        pair = access.sign_in(
            db,
            msisdn=number,
            password=Secret(f"guess{address}"),
            origin=cast.origin(None, f"198.51.100.{address}"),
        )
        story.append(await seen(pair))
        clock.move(timedelta(minutes=7))
    return story


async def password_story(db: Database, clock: Clock, number: Msisdn) -> list[tuple[Any, ...]]:
    story = []
    for address in range(4):
        there = cast.origin(None, f"198.51.100.{address}")
        try:
            asked = await access.request_password(
                db, msisdn=number, password=Secret("zeBra27w"), origin=there
            )
        except access.TooManyAttempts as refusal:
            story.append((refusal.code, refusal.facts()))
            break
        there = replace(there, device_token=asked.device_token)

        async def given(answer: access.CodeAsked = asked) -> access.CodeAsked:
            return answer

        story.append(await seen(given()))
        for _ in range(7):
            wrong = access.confirm_password(db, flow=asked.id, code="000000", origin=there)
            story.append(await seen(wrong))
        for wait in (1, 59, 60, 61, 300):
            clock.move(timedelta(seconds=wait))
            story.append(await seen(access.resend_code(db, flow=asked.id, origin=there)))
            story.append(await seen(access.code_asked(db, flow=asked.id, origin=there)))
    return story


@pytest.mark.parametrize("story", [sign_in_story, password_story])
async def test_a_number_that_is_not_ours_sees_what_one_of_ours_sees(
    db: Database, clock: Clock, story: Any
) -> None:
    began = clock.now
    anna, vera = await cast.anna(db), await cast.vera(db)
    ours = await story(db, clock, anna.msisdn)
    clock.set(began)
    without_password = await story(db, clock, vera.msisdn)
    clock.set(began)
    not_ours = await story(db, clock, cast.NOT_OURS)

    assert ours == not_ours
    assert without_password == not_ours
    assert len({entry[0] for entry in ours if isinstance(entry[0], str)}) >= 2


async def test_each_guess_costs_exactly_one_hash_for_any_number(db: Database, clock: Clock) -> None:
    """Also after the password was made void: then the hash is one that nothing fits."""
    anna, vera = await cast.anna(db), await cast.vera(db)
    counts = []
    for number in (anna.msisdn, vera.msisdn, cast.NOT_OURS):
        counted, threads = counting(db)
        story = await sign_in_story(counted, clock, number)
        assert len(threads.calls) == [entry[0] for entry in story].count("wrong-pair")
        counts.append(len(threads.calls))
    assert len(set(counts)) == 1


async def test_each_request_for_a_password_costs_exactly_one_hash_for_any_number(
    db: Database,
) -> None:
    anna = await cast.anna(db)
    for number in (anna.msisdn, cast.NOT_OURS):
        counted, threads = counting(db)
        for _ in range(3):
            await cast.ask_password(counted, number)
        assert len(threads.calls) == 3
        with pytest.raises(access.TooManyAttempts):
            await cast.ask_password(counted, number)
        assert len(threads.calls) == 3, "limits come before the hash"


async def test_a_void_password_costs_one_hash_that_is_not_its_own(
    db: Database, clock: Clock
) -> None:
    anna = await cast.anna(db)
    void = cast.limited(db, guesses_in_a_row_max=3)
    counted, threads = counting(void)
    for _ in range(5):
        with pytest.raises(access.WrongPair):
            await cast.sign_in(counted, anna, password="wrong77")
        clock.move(timedelta(minutes=10))
    with pytest.raises(access.WrongPair):
        await cast.sign_in(counted, anna)

    async with db.transaction() as tx:
        stored = await tx.value("SELECT hash FROM access.credential")
    assert len(threads.calls) == 6
    assert threads.hashes_of(stored) == 3


async def test_both_numbers_take_the_same_statements(
    db: Database, database_url: str, clock: Clock
) -> None:
    anna = await cast.anna(db)
    single = await connect(database_url, db.settings, db.keys, clock=clock, connections_max=1)
    statements: list[str] = []
    async with single.pool.acquire() as connection:
        connection.add_query_logger(lambda record: statements.append(record.query))

    sent = []
    warming_up = Msisdn("+375338888888")  # the driver asks for types once
    for number in (warming_up, anna.msisdn, cast.NOT_OURS):
        statements.clear()
        with pytest.raises(access.WrongPair):
            await cast.sign_in(single, replace(anna, msisdn=number), password="wrong77")
        flow, there = await cast.ask_password(single, number)
        with pytest.raises(access.WrongCode):
            await access.confirm_password(single, flow=flow, code="000000", origin=there)
        sent.append(list(statements))
    await single.close()

    assert len(sent[1]) > 20
    assert sent[1] == sent[2]
