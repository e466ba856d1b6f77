"""Sends of codes: to our own numbers, few a day, few numbers an address."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from abonent import access
from abonent.kit import Msisdn, Secret
from abonent.storage import Database
from tests import cast
from tests.conftest import Clock


async def test_the_next_code_may_be_asked_for_after_growing_pauses(
    db: Database, clock: Clock
) -> None:
    anna = await cast.anna(db)
    asked = await access.request_password(
        db, msisdn=anna.msisdn, password=Secret("zeBra27w"), origin=cast.origin()
    )
    there = cast.origin(asked.device_token)
    await cast.code_sent(db, anna)
    for pause in (60, 120, 300):
        assert asked.resend_at - clock.now == timedelta(seconds=pause)
        with pytest.raises(access.ResendTooEarly) as refusal:
            await access.resend_code(db, flow=asked.id, origin=there)
        assert refusal.value.facts() == {"wait_seconds": pause}
        clock.move(timedelta(seconds=pause))
        asked = await access.resend_code(db, flow=asked.id, origin=there)
        assert asked.attempts_left == 5
        assert asked.expires_at - clock.now == timedelta(minutes=5)
        await cast.code_sent(db, anna)


async def test_a_number_gets_five_codes_a_day_in_all_flows_together(
    db: Database, clock: Clock
) -> None:
    anna = await cast.anna(db)
    flow, there = await cast.ask_password(db, anna.msisdn)
    for _ in range(3):
        clock.move(timedelta(minutes=5))
        await access.resend_code(db, flow=flow, origin=there)
    second, there_too = await cast.ask_password(db, anna.msisdn)
    clock.move(timedelta(minutes=5))

    with pytest.raises(access.TooManyAttempts) as refusal:
        await access.resend_code(db, flow=second, origin=there_too)
    assert refusal.value.wait_seconds == 24 * 3600 - 20 * 60
    with pytest.raises(access.TooManyAttempts):
        await cast.ask_password(db, anna.msisdn)
    clock.move(timedelta(seconds=refusal.value.wait_seconds))
    assert await cast.ask_password(db, anna.msisdn)


async def test_a_number_starts_three_flows_an_hour(db: Database, clock: Clock) -> None:
    anna = await cast.anna(db)
    for _ in range(3):
        await cast.ask_password(db, anna.msisdn)
    with pytest.raises(access.TooManyAttempts) as refusal:
        await cast.ask_password(db, anna.msisdn)

    assert refusal.value.wait_seconds == 3600
    clock.move(timedelta(hours=1))
    assert await cast.ask_password(db, anna.msisdn)


async def test_a_challenge_at_sign_in_counts_as_a_flow_too(db: Database) -> None:
    anna = await cast.anna(db)
    for _ in range(2):
        await cast.ask_password(db, anna.msisdn)
        await cast.code_sent(db, anna)
    await cast.prove(db, anna)

    with pytest.raises(access.TooManyAttempts):
        await cast.prove(db, anna)


async def test_an_address_asks_for_codes_of_ten_numbers_an_hour(db: Database, clock: Clock) -> None:
    for index in range(10):
        await cast.ask_password(db, Msisdn(f"+37533{5_000_000 + index}"))
        clock.move(timedelta(minutes=1))
    eleventh = Msisdn("+375335000099")

    with pytest.raises(access.TooManyAttempts) as refusal:
        await cast.ask_password(db, eleventh)
    assert refusal.value.wait_seconds == 50 * 60
    assert await cast.ask_password(db, Msisdn("+375335000003")), "one of the ten"
    assert await cast.ask_password(db, eleventh, address=cast.STRANGE_ADDRESS)
    clock.move(timedelta(minutes=50))
    assert await cast.ask_password(db, eleventh)


@pytest.mark.parametrize("wishes", [500, pytest.param(10_000, marks=pytest.mark.slow)])
async def test_pumping_sends_nothing_outside_and_five_a_day_inside(
    db: Database, clock: Clock, wishes: int
) -> None:
    """So many wishes in a day, for our numbers and others, from ever new addresses."""
    people = [await cast.anna(db), await cast.boris(db), await cast.vera(db)]
    closed = await cast.person(db, "+375330000008", "zeBra27w")
    async with db.transaction() as tx:
        await tx.execute(
            "UPDATE subscribers.subscription SET status='closed', closed_at=$1 WHERE id=$2",
            tx.now,
            closed.subscription,
        )
    targets = [who.msisdn for who in (*people, closed)] + [cast.NOT_OURS]
    outcomes: Counter[str] = Counter()
    for index in range(wishes):
        number = targets[index % len(targets)]
        try:
            await cast.ask_password(db, number, address=f"192.0.{index // 250}.{index % 250}")
            outcomes["asked"] += 1
        except access.TooManyAttempts:
            outcomes["refused"] += 1
        clock.move(timedelta(hours=23) / wishes)

    sent = Counter(row["msisdn"] for row in await cast.outbox(db, "sms.code"))
    assert sent == {int(who.msisdn.digits): 5 for who in people}
    assert outcomes["asked"] == 25


async def test_a_blocked_number_gets_its_code(db: Database) -> None:
    anna = await cast.anna(db)
    async with db.transaction() as tx:
        await tx.execute("UPDATE subscribers.subscription SET status = 'blocked'")

    await cast.ask_password(db, anna.msisdn)

    assert await cast.code_sent(db, anna)
