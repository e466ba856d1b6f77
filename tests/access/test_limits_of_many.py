"""The limits of guessing at many numbers: by address, by value, in the whole system."""

from __future__ import annotations

from datetime import timedelta

import pytest

from abonent.storage import Database
from tests import cast
from tests.access.guesses import from_address, guess, number
from tests.conftest import Clock

MINUTE = timedelta(minutes=1)


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
