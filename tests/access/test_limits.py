"""The limits of guessing: by number, address, value and in the whole system."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import psycopg
import pytest

from abonent import access
from abonent.access import limits as rules
from abonent.kit import Msisdn, Secret
from abonent.settings import Limits
from abonent.storage import Database
from tests import cast
from tests.access.counting import counting
from tests.conftest import NOW, Clock

MINUTE = timedelta(minutes=1)


async def guess(
    db: Database, number: Msisdn, password: str = "wrong77", there: access.Origin | None = None
) -> str | int:
    """ "wrong", "code", the tier that was opened, or how long to wait (as "wait 30")."""
    try:
        answer = await access.sign_in(
            db, msisdn=number, password=Secret(password), origin=there or cast.origin()
        )
    except access.WrongPair:
        return "wrong"
    except access.TooManyAttempts as refusal:
        return f"wait {refusal.wait_seconds}"
    return "code" if isinstance(answer, access.CodeAsked) else answer.session.tier


def from_address(index: int, device: Secret | None = None) -> access.Origin:
    return cast.origin(device, f"192.0.{index // 250}.{index % 250 + 1}")


def number(index: int) -> Msisdn:
    return Msisdn(f"+37533{5_000_000 + index}")


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


@pytest.mark.parametrize(
    "tries", [pytest.param(1000), pytest.param(10_000, marks=pytest.mark.slow)]
)
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


async def test_an_address_is_challenged_after_twenty_failures_an_hour(
    db: Database, clock: Clock
) -> None:
    anna = await cast.anna(db)
    for index in range(19):
        assert await guess(db, number(index // 4)) == "wrong"
    assert await guess(db, anna.msisdn, "anna2026") == 0
    assert await guess(db, number(9)) == "wrong"
    assert await guess(db, anna.msisdn, "anna2026") == "code"
    assert await guess(db, anna.msisdn) == "wrong", "the pair is judged all the same"
    assert await guess(db, anna.msisdn, "anna2026", from_address(1)) == 0

    clock.move(timedelta(hours=1))
    assert await guess(db, anna.msisdn, "anna2026") == 0


async def test_an_address_that_fails_with_many_numbers_stops_for_an_hour(
    db: Database, clock: Clock
) -> None:
    anna, boris = await cast.anna(db), await cast.boris(db)
    device = (await cast.prove(db, boris)).device_token
    for index in range(11):
        assert await guess(db, number(index)) == "wrong"
        clock.move(5 * MINUTE)

    assert await guess(db, anna.msisdn, "anna2026") == f"wait {55 * 60}"
    assert await guess(db, number(3)) == f"wait {55 * 60}"
    assert await guess(db, boris.msisdn, "boris2026", cast.origin(device)) == 1
    assert await guess(db, anna.msisdn, "anna2026", from_address(1)) == 0
    clock.move(54 * MINUTE)
    assert await guess(db, anna.msisdn, "anna2026") == "wait 60"
    clock.move(MINUTE)
    assert await guess(db, anna.msisdn, "anna2026") == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:7:1::1", "2001:db8:7:1:ffff::2"),
        ("::ffff:192.0.2.5", "192.0.2.5"),
        ("fe80::1%eth0", "fe80::2"),
    ],
)
async def test_addresses_of_one_subscriber_line_are_one_address(
    db: Database, one: str, other: str
) -> None:
    for index in range(11):
        await guess(db, number(index), there=cast.origin(None, one))

    assert str(await guess(db, number(99), there=cast.origin(None, other))).startswith("wait")


async def test_other_ipv6_networks_are_other_addresses(db: Database) -> None:
    for index in range(11):
        await guess(db, number(index), there=cast.origin(None, "2001:db8:7:1::1"))

    assert await guess(db, number(99), there=cast.origin(None, "2001:db8:7:2::1")) == "wrong"


async def test_behind_the_operators_own_translator_devices_are_counted_apart(
    db: Database,
) -> None:
    anna, boris = await cast.anna(db), await cast.boris(db)
    nat = cast.limited(db, nat_ranges=("198.51.100.0/24",))
    anna_s = (await cast.sign_in(nat, anna)).device_token
    boris_s = (await cast.sign_in(nat, boris)).device_token
    for index in range(11):
        await guess(nat, number(index), there=cast.origin(anna_s))

    assert str(await guess(nat, number(99), there=cast.origin(anna_s))).startswith("wait")
    assert await guess(nat, number(99), there=cast.origin(boris_s)) == "wrong"
    assert str(await guess(db, number(98), there=cast.origin(boris_s))) == "wrong"


async def test_one_value_tried_on_many_numbers_is_challenged(db: Database, clock: Clock) -> None:
    """Spraying: each number and each address stays far below its own limits."""
    victim = await cast.person(db, "+375330000007", "7319-0")
    for index in range(19):
        await guess(db, number(100 + index), "7319-0", from_address(index))
    assert await guess(db, victim.msisdn, "7319-0", from_address(500)) == 0
    await guess(db, number(119), "7319-0", from_address(119))
    assert await guess(db, victim.msisdn, "7319-0", from_address(501)) == "code"
    assert await guess(db, victim.msisdn, "7319-1", from_address(502)) == "wrong"
    boris = await cast.boris(db)
    assert await guess(db, boris.msisdn, "boris2026", from_address(503)) == 0

    clock.move(timedelta(hours=1))
    assert await guess(db, victim.msisdn, "7319-0", from_address(504)) == 0


async def test_one_value_tried_often_on_one_number_is_not_spraying(
    db: Database, clock: Clock
) -> None:
    victim = await cast.person(db, "+375330000007", "7319-0")
    for _ in range(25):
        await guess(db, number(100), "7319-0", from_address(1))
        clock.move(MINUTE)

    assert await guess(db, victim.msisdn, "7319-0", from_address(500)) == 0


async def test_in_attack_mode_unknown_devices_need_a_code(db: Database, clock: Clock) -> None:
    anna = await cast.anna(db)
    device = (await cast.prove(db, anna)).device_token
    quick = cast.limited(db, attack_failures_above_mean=10)
    for index in range(10):
        await guess(quick, number(index), f"guess{index}", from_address(index))
    assert await guess(quick, anna.msisdn, "anna2026") == 0
    await guess(quick, number(10), "guess10", from_address(10))

    assert await guess(quick, anna.msisdn, "anna2026") == "code"
    assert await guess(quick, anna.msisdn, "wrong77") == "wrong"
    assert await guess(quick, anna.msisdn, "anna2026", cast.origin(device)) == 1
    clock.move(timedelta(hours=1))
    assert await guess(quick, anna.msisdn, "anna2026") == 0


async def test_attack_mode_knows_how_much_an_ordinary_hour_fails(
    db: Database, clock: Clock
) -> None:
    """A week with 20 failures in each hour: 30 are then no attack, 31 are."""
    anna = await cast.anna(db)
    async with db.transaction() as tx:
        for hour in range(1, 24 * 7 + 1):
            await tx.execute(
                "INSERT INTO access.failure_hour VALUES (date_trunc('hour', $1::timestamptz), 20)",
                tx.now - timedelta(hours=hour),
            )
    quick = cast.limited(db, attack_failures_above_mean=10)
    for index in range(30):
        await guess(quick, number(index), f"guess{index}", from_address(index))
    assert await guess(quick, anna.msisdn, "anna2026") == 0
    await guess(quick, number(30), "guess30", from_address(30))

    assert await guess(quick, anna.msisdn, "anna2026") == "code"


async def test_a_new_device_may_always_be_asked_for_a_proof(db: Database) -> None:
    anna = await cast.anna(db)
    strict = cast.limited(db, new_device_requires_proof=True)
    assert await guess(strict, anna.msisdn, "anna2026") == "code"
    assert await guess(strict, anna.msisdn) == "wrong"
    await cast.code_sent(db, anna)
    device = (await cast.prove(db, anna)).device_token
    assert await guess(strict, anna.msisdn, "anna2026", cast.origin(device)) == 1


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
