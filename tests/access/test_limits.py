"""The limits of guessing at one number."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import psycopg
import pytest

from abonent import access
from abonent.access import limits as rules
from abonent.settings import Limits
from abonent.storage import Database
from tests import cast
from tests.access.counting import counting
from tests.access.guesses import from_address, guess
from tests.conftest import NOW, Clock

MINUTE = timedelta(minutes=1)


async def test_five_failures_are_free_then_each_costs_more(db: Database, clock: Clock) -> None:
    anna = await cast.anna(db)
    for _ in range(5):
        assert await guess(db, anna.msisdn) == "wrong"

    for seconds in (30, 60, 300, 900, 3600):
        assert await guess(db, anna.msisdn) == f"wait {seconds}"
        clock.move(timedelta(seconds=seconds - 1))
        assert await guess(db, anna.msisdn, "anna2026") == "wait 1"
        clock.move(timedelta(seconds=1))
        assert await guess(db, anna.msisdn) == "wrong"

    closed_for = 24 * 3600 - (30 + 60 + 300 + 900 + 3600)
    assert await guess(db, anna.msisdn, "anna2026") == f"wait {closed_for}"
    clock.move(timedelta(seconds=closed_for))
    assert await guess(db, anna.msisdn, "anna2026") == 0


async def test_a_guess_that_is_refused_does_not_lengthen_the_wait(
    db: Database, clock: Clock
) -> None:
    anna = await cast.anna(db)
    for _ in range(5):
        await guess(db, anna.msisdn)
    for second in range(30):
        assert await guess(db, anna.msisdn) == f"wait {30 - second}"
        clock.move(timedelta(seconds=1))

    assert await guess(db, anna.msisdn, "anna2026") == 0


async def test_a_right_pair_is_no_failure(db: Database) -> None:
    anna = await cast.anna(db)
    for _ in range(30):
        assert await guess(db, anna.msisdn, "anna2026") == 0


async def test_a_guess_that_was_never_judged_weighs_as_a_failure(
    db: Database, clock: Clock
) -> None:
    anna = await cast.anna(db)
    for _ in range(5):
        await guess(db, anna.msisdn)
    async with db.transaction() as tx:
        await tx.execute("UPDATE access.attempt SET outcome = 'pending'")

    assert await guess(db, anna.msisdn, "anna2026") == "wait 30"


async def test_a_stranger_cannot_lock_out_a_known_device(db: Database, clock: Clock) -> None:
    """A thousand failures, from the owner's own address too, and the password void."""
    anna = await cast.anna(db)
    device = (await cast.prove(db, anna)).device_token

    failed: Counter[str | int] = Counter()
    for index in range(1000):
        there = cast.origin() if index % 2 else from_address(index)
        failed[str(await guess(db, anna.msisdn, "wrong77", there)).split()[0]] += 1
        clock.move(timedelta(minutes=37))
        if index % 100 == 0:
            assert await guess(db, anna.msisdn, "anna2026", cast.origin(device)) == 1

    assert failed["wrong"] >= 200
    assert await guess(db, anna.msisdn, "anna2026", cast.origin(device)) == 1
    clock.move(timedelta(days=2))
    assert await guess(db, anna.msisdn, "anna2026") == "wrong", "void for unknown devices"


async def test_a_known_device_has_a_budget_of_its_own(db: Database) -> None:
    anna = await cast.anna(db)
    device = (await cast.prove(db, anna)).device_token
    for _ in range(5):
        assert await guess(db, anna.msisdn, there=cast.origin(device)) == "wrong"

    assert await guess(db, anna.msisdn, "anna2026", cast.origin(device)) == "wait 30"
    assert await guess(db, anna.msisdn, "anna2026") == 0


async def test_fifty_failures_in_a_row_void_the_password_until_a_proof(
    db: Database, clock: Clock
) -> None:
    anna = await cast.anna(db)
    for index in range(49):
        assert await guess(db, anna.msisdn, there=from_address(index)) == "wrong"
        clock.move(timedelta(hours=3))
    assert await guess(db, anna.msisdn, "anna2026") == 0
    for index in range(50):
        assert await guess(db, anna.msisdn, there=from_address(index)) == "wrong"
        clock.move(timedelta(hours=3))

    clock.move(timedelta(days=40))
    assert await guess(db, anna.msisdn, "anna2026") == "wrong"

    flow, there = await cast.ask_password(db, anna.msisdn)
    code = await cast.code_sent(db, anna)
    await access.confirm_password(db, flow=flow, code=code, origin=there)
    assert await guess(db, anna.msisdn, "zeBra27w") == 0


@pytest.mark.parametrize("tries", [500, pytest.param(10_000, marks=pytest.mark.slow)])
async def test_a_year_of_guessing_reaches_the_hash_of_a_number_at_most_fifty_times(
    db: Database, clock: Clock, tries: int, database_url: str
) -> None:
    """Guesses after that cost a hash too, as for any number, but one that nothing fits."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT storage.ensure_months('audit.event', %s, %s)",
            (NOW.date(), NOW.date() + timedelta(days=370)),
        )
    anna = await cast.anna(db)
    counted, threads = counting(db)
    async with db.transaction() as tx:
        stored = await tx.value("SELECT hash FROM access.credential")

    for index in range(tries):
        await guess(counted, anna.msisdn, f"guess{index}", from_address(index))
        clock.move(timedelta(days=365) / tries)

    assert 0 < threads.hashes_of(stored) <= 50
    assert len(threads.calls) <= 10 * 366
    assert await guess(counted, anna.msisdn, "anna2026", from_address(1)) == "wrong"
    assert threads.hashes_of(stored) <= 50


def test_waits_are_rounded_up_and_never_nothing() -> None:
    assert rules.whole_seconds(timedelta(microseconds=1)) == 1
    assert rules.whole_seconds(timedelta(seconds=29, microseconds=1)) == 30


def test_the_last_pause_repeats() -> None:
    pauses = [rules.resend_wait(sends, Limits()).total_seconds() for sends in range(1, 6)]
    assert pauses == [60, 120, 300, 300, 300]


def test_a_window_lets_so_many_in_and_no_more() -> None:
    instants = [NOW - 50 * MINUTE, NOW - 20 * MINUTE]
    hour = timedelta(hours=1)
    assert rules.window_wait(instants, 3, hour, NOW) == rules.NO_WAIT
    assert rules.window_wait(instants, 2, hour, NOW) == 10 * MINUTE
    assert rules.window_wait(instants, 1, hour, NOW) == 40 * MINUTE
