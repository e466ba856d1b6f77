"""One-time codes: compared few times, used once, bound to their flow, device and purpose."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from abonent import access
from abonent.kit import Secret
from abonent.storage import Database
from tests import cast
from tests.conftest import Clock


async def test_a_code_is_six_digits_sealed_on_its_way_and_a_digest_at_rest(
    db: Database,
) -> None:
    anna = await cast.anna(db)
    flow, _ = await cast.ask_password(db, anna.msisdn)
    (sms,) = await cast.outbox(db, "sms.code-password")
    assert msgspec.json.decode(sms["facts"]) == {"minutes": 5}
    assert sms["expires_at"] - db.clock() == timedelta(minutes=5)
    code = await cast.code_sent(db, anna)

    assert len(code) == 6 and code.isdigit()
    async with db.transaction() as tx:
        row = await tx.one("SELECT * FROM access.flow WHERE id = $1", flow)
        jobs = await tx.all("SELECT args::text FROM jobs.procrastinate_jobs")
    assert row is not None and code.encode() not in bytes(row["code_digest"])
    assert all(code not in job["args"] for job in jobs)


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "1" * 10_000, "\ud800" * 6]
)
async def test_what_is_no_code_is_neither_compared_nor_counted(db: Database, typed: str) -> None:
    anna = await cast.anna(db)
    flow, there = await cast.ask_password(db, anna.msisdn)

    with pytest.raises(access.BadCodeFormat):
        await access.confirm_password(db, flow=flow, code=typed, origin=there)

    assert (await access.code_asked(db, flow=flow, origin=there)).attempts_left == 5


async def test_a_code_may_be_typed_with_gaps(db: Database) -> None:
    anna = await cast.anna(db)
    flow, there = await cast.ask_password(db, anna.msisdn)
    code = await cast.code_sent(db, anna)

    spaced = f" {code[:3]}\u00a0{code[3:]}\n"
    assert await access.confirm_password(db, flow=flow, code=spaced, origin=there)


async def test_five_wrong_codes_use_a_code_up(db: Database) -> None:
    anna = await cast.anna(db)
    flow, there = await cast.ask_password(db, anna.msisdn)
    code = await cast.code_sent(db, anna)
    for left in (4, 3, 2, 1):
        with pytest.raises(access.WrongCode) as refusal:
            await access.confirm_password(db, flow=flow, code=cast.other_code(code), origin=there)
        assert refusal.value.facts() == {"attempts_left": left}
    with pytest.raises(access.CodesExhausted):
        await access.confirm_password(db, flow=flow, code=cast.other_code(code), origin=there)

    with pytest.raises(access.CodesExhausted):
        await access.confirm_password(db, flow=flow, code=code, origin=there)


async def test_a_code_lives_five_minutes(db: Database, clock: Clock) -> None:
    anna = await cast.anna(db)
    flow, there = await cast.ask_password(db, anna.msisdn)
    code = await cast.code_sent(db, anna)
    clock.move(timedelta(minutes=5))

    with pytest.raises(access.CodeExpired):
        await access.confirm_password(db, flow=flow, code=code, origin=there)


async def test_a_code_works_once(db: Database) -> None:
    anna = await cast.anna(db)
    flow, there = await cast.ask_password(db, anna.msisdn)
    code = await cast.code_sent(db, anna)
    device = (await access.confirm_password(db, flow=flow, code=code, origin=there)).device_token

    for origin in (there, cast.origin(device)):
        with pytest.raises(access.FlowGone):
            await access.confirm_password(db, flow=flow, code=code, origin=origin)


async def test_a_new_code_ends_the_one_before_it(db: Database, clock: Clock) -> None:
    anna = await cast.anna(db)
    flow, there = await cast.ask_password(db, anna.msisdn)
    old = await cast.code_sent(db, anna)
    clock.move(timedelta(seconds=60))
    await access.resend_code(db, flow=flow, origin=there)
    new = await cast.code_sent(db, anna)

    if old != new:
        with pytest.raises(access.WrongCode):
            await access.confirm_password(db, flow=flow, code=old, origin=there)
    assert await access.confirm_password(db, flow=flow, code=new, origin=there)


async def test_the_code_of_another_flow_is_wrong(db: Database) -> None:
    """Even if the digest of the one stood in the row of the other."""
    anna = await cast.anna(db)
    one, there = await cast.ask_password(db, anna.msisdn)
    code = await cast.code_sent(db, anna)
    asked = await access.request_password(
        db, msisdn=anna.msisdn, password=Secret("zeBra27w"), origin=there
    )

    with pytest.raises(access.WrongCode):
        await access.confirm_password(db, flow=asked.id, code=code, origin=there)
    async with db.transaction() as tx:
        await tx.execute(
            """UPDATE access.flow SET code_digest = o.code_digest
                 FROM (SELECT code_digest FROM access.flow WHERE id = $1) o WHERE id = $2""",
            one,
            asked.id,
        )
    with pytest.raises(access.WrongCode):
        await access.confirm_password(db, flow=asked.id, code=code, origin=there)
    assert await access.confirm_password(db, flow=one, code=code, origin=there)


async def test_a_code_on_another_device_finds_no_flow(db: Database) -> None:
    anna, boris = await cast.anna(db), await cast.boris(db)
    flow, _ = await cast.ask_password(db, anna.msisdn)
    code = await cast.code_sent(db, anna)
    other = cast.origin((await cast.sign_in(db, boris)).device_token)

    for origin in (other, cast.origin(), cast.origin(Secret("made up"))):
        with pytest.raises(access.FlowGone):
            await access.confirm_password(db, flow=flow, code=code, origin=origin)
        with pytest.raises(access.FlowGone):
            await access.resend_code(db, flow=flow, origin=origin)
        with pytest.raises(access.FlowGone):
            await access.code_asked(db, flow=flow, origin=origin)
    async with db.transaction() as tx:
        assert await tx.value("SELECT attempts_left FROM access.flow") == 5


async def test_a_code_for_one_purpose_serves_no_other(db: Database) -> None:
    anna = await cast.anna(db)
    flow, there = await cast.ask_password(db, anna.msisdn)
    code = await cast.code_sent(db, anna)

    with pytest.raises(access.FlowGone):
        await access.confirm_sign_in(db, flow=flow, code=code, origin=there)
    async with db.transaction() as tx:
        await tx.execute("UPDATE access.flow SET purpose = 'sign-in'")
    with pytest.raises(access.WrongCode):
        await access.confirm_sign_in(db, flow=flow, code=code, origin=there)


async def test_an_unknown_flow_is_gone(db: Database) -> None:
    with pytest.raises(access.FlowGone):
        await access.confirm_sign_in(db, flow=uuid4(), code="123456", origin=cast.origin())


async def test_a_hundred_flows_allow_ten_wrong_compares_a_day(db: Database, clock: Clock) -> None:
    """And thirty in thirty days; other devices, addresses and flows do not help."""
    anna = await cast.anna(db)
    loose = cast.limited(db, flows_an_hour_max=1000, flows_a_day_max=1000)
    flows = []
    for index in range(100):
        flow, there = await cast.ask_password(loose, anna.msisdn, address=f"192.0.2.{index + 1}")
        flows.append((flow, there, cast.other_code(await cast.code_sent(db, anna))))
    compares = 0
    for flow, there, wrong in flows:
        for _ in range(5):
            try:
                await access.confirm_password(loose, flow=flow, code=wrong, origin=there)
            except (access.WrongCode, access.CodesExhausted):
                compares += 1
            except access.TooManyAttempts as refusal:
                assert refusal.wait_seconds == 24 * 3600

    assert compares == 10
    with pytest.raises(access.TooManyAttempts):
        await cast.ask_password(loose, anna.msisdn)
    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM access.attempt") == 10

    for day, expected in ((1, 10), (2, 10), (3, 0)):
        clock.move(timedelta(days=1))
        assert await wrong_compares(loose, anna) == expected, day


async def wrong_compares(db: Database, who: cast.Person) -> int:
    compares = 0
    for _ in range(3):
        try:
            flow, there = await cast.ask_password(db, who.msisdn)
        except access.TooManyAttempts:
            break
        wrong = cast.other_code(await cast.code_sent(db, who))
        for _ in range(5):
            with pytest.raises((access.WrongCode, access.CodesExhausted, access.TooManyAttempts)):
                await access.confirm_password(db, flow=flow, code=wrong, origin=there)
    async with db.transaction() as tx:
        compares = await tx.value("SELECT count(*) FROM access.attempt WHERE at = $1", tx.now)
    return int(compares)


async def test_a_code_for_a_number_that_was_sold_meanwhile_opens_nothing(db: Database) -> None:
    anna = await cast.anna(db)
    flow, there = await cast.ask_password(db, anna.msisdn)
    code = await cast.code_sent(db, anna)
    async with db.transaction() as tx:
        await tx.execute(
            "UPDATE subscribers.subscription SET status='closed', closed_at=$1", tx.now
        )

    with pytest.raises(access.FlowGone):
        await access.confirm_password(db, flow=flow, code=code, origin=there)


async def test_no_code_is_ever_right_for_a_number_that_is_not_ours(
    db: Database,
) -> None:
    flow, there = await cast.ask_password(db, cast.NOT_OURS)
    assert there.device_token is not None
    async with db.transaction() as tx:
        device = await tx.value("SELECT device_id FROM access.flow")
        digest = db.keys.digest("access.code", str(flow), str(device), "password", "123456")
        await tx.execute("UPDATE access.flow SET code_digest = $1", digest)

    with pytest.raises(access.WrongCode):
        await access.confirm_password(db, flow=flow, code="123456", origin=there)
