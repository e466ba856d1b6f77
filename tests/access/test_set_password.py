"""Set a password, forgotten or the first one: with a proof, and with what ends by it."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from abonent import access
from abonent.kit import Busy, OperationReused, Secret
from abonent.storage import Database
from tests import cast
from tests.access.counting import counting
from tests.conftest import Clock


async def set_by_code(db: Database, who: cast.Person, password: str) -> access.SignedIn:
    flow, there = await cast.ask_password(db, who.msisdn, password)
    code = await cast.code_sent(db, who)
    return await access.confirm_password(db, flow=flow, code=code, origin=there)


async def set_by_sim(db: Database, who: cast.Person, password: str, key: str = "dialogue") -> None:
    await access.set_password_by_sim(
        db,
        subscription=who.subscription,
        billing_account=who.billing_account,
        msisdn=who.msisdn,
        password=Secret(password),
        key=key,
    )


async def test_whoever_never_had_a_password_sets_one_by_code(db: Database) -> None:
    vera = await cast.vera(db)

    signed_in = await set_by_code(db, vera, "zeBra27w")

    assert signed_in.session.tier == 1
    assert (await cast.sign_in(db, vera, password="zeBra27w")).session.tier == 0
    known = await cast.sign_in(db, vera, signed_in.device_token, password="zeBra27w")
    assert known.session.tier == 1


async def test_until_the_code_is_given_the_old_password_stands(db: Database) -> None:
    anna = await cast.anna(db)
    await cast.ask_password(db, anna.msisdn, "zeBra27w")

    assert await cast.sign_in(db, anna)
    with pytest.raises(access.WrongPair):
        await cast.sign_in(db, anna, password="zeBra27w")


async def test_a_reset_ends_all_other_sessions_and_says_so(db: Database, clock: Clock) -> None:
    anna, boris = await cast.anna(db), await cast.boris(db)
    old = [await cast.sign_in(db, anna), await cast.prove(db, anna)]
    other = await cast.sign_in(db, boris)

    signed_in = await set_by_code(db, anna, "zeBra27w")

    assert [await access.find_session(db, token=one.token) for one in old] == [None, None]
    assert await access.find_session(db, token=other.token)
    assert await access.find_session(db, token=signed_in.token) == signed_in.session
    (notice,) = await cast.outbox(db, "sms.password-set")
    facts = msgspec.json.decode(notice["facts"])
    assert facts == {"at": clock.now.isoformat(), "channel": "web"}
    async with db.transaction() as tx:
        kinds = [row["kind"] for row in await tx.all("SELECT kind FROM storage.fact")]
        event = await tx.one("SELECT * FROM audit.event WHERE kind = 'access.password-set'")
    assert "access.PasswordSet" in kinds and "access.SessionsEnded" in kinds
    assert event is not None
    assert msgspec.json.decode(event["facts"]) == {"sessions_ended": 2, "links_ended": 0}
    with pytest.raises(access.WrongPair):
        await cast.sign_in(db, anna)


async def test_a_reset_ends_flows_that_the_old_password_started(db: Database) -> None:
    anna = await cast.anna(db)
    strict = cast.limited(db, new_device_requires_proof=True)
    asked = await access.sign_in(
        strict, msisdn=anna.msisdn, password=Secret("anna2026"), origin=cast.origin()
    )
    assert isinstance(asked, access.CodeAsked)
    code = await cast.code_sent(db, anna)

    await set_by_code(db, anna, "zeBra27w")

    there = cast.origin(asked.device_token)
    with pytest.raises(access.FlowGone):
        await access.confirm_sign_in(db, flow=asked.id, code=code, origin=there)


async def test_a_reset_ends_links_made_by_password_and_keeps_granted_ones(db: Database) -> None:
    anna, boris, vera = await cast.anna(db), await cast.boris(db), await cast.vera(db)
    for owner, made_by in ((boris, "password"), (vera, "grant")):
        link = access.Link(
            owner=owner.subscription,
            owner_account=owner.billing_account,
            target=anna.subscription,
            target_account=anna.billing_account,
            role="full",
            made_by=made_by,  # type: ignore[arg-type]
            proven=True,
        )
        await db.run(access.link_numbers, link=link)

    await set_by_code(db, anna, "zeBra27w")

    async with db.transaction() as tx:
        live = await tx.all("SELECT made_by FROM access.link WHERE ended_at IS NULL")
    assert [row["made_by"] for row in live] == ["grant"]


@pytest.mark.parametrize("password", ["", "abc", "1234", "330000001", "0001", "Vasilek"])
async def test_the_rule_is_checked_before_anything_is_counted(db: Database, password: str) -> None:
    anna = await cast.anna(db)
    counted, threads = counting(db)
    for _ in range(10):
        with pytest.raises(access.BadPassword):
            await cast.ask_password(counted, anna.msisdn, password)

    assert not threads.calls and not await cast.outbox(db)


async def test_a_full_queue_of_hashes_sends_nothing_and_counts_nothing(db: Database) -> None:
    anna = await cast.anna(db)
    full, _ = counting(db, queue_max=0)
    for _ in range(10):
        with pytest.raises(Busy):
            await cast.ask_password(full, anna.msisdn)

    assert not await cast.outbox(db)
    assert await cast.ask_password(db, anna.msisdn)


async def test_the_sim_itself_is_the_proof_over_our_own_link(db: Database) -> None:
    anna = await cast.anna(db)
    old = await cast.prove(db, anna)

    await set_by_sim(db, anna, "zeBra27w")

    assert await access.find_session(db, token=old.token) is None
    again = await cast.sign_in(db, anna, old.device_token, password="zeBra27w")
    assert again.session.tier == 1, "the device stays known"
    (notice,) = await cast.outbox(db, "sms.password-set")
    assert msgspec.json.decode(notice["facts"])["channel"] == "ussd"


async def test_a_dialogue_that_repeats_its_last_step_sets_the_password_once(
    db: Database,
) -> None:
    vera = await cast.vera(db)
    for _ in range(3):
        await set_by_sim(db, vera, "zeBra27w")
    signed_in = await cast.sign_in(db, vera, password="zeBra27w")
    await set_by_sim(db, vera, "zeBra27w")

    assert await access.find_session(db, token=signed_in.token)
    assert len(await cast.outbox(db, "sms.password-set")) == 1
    with pytest.raises(OperationReused):
        await set_by_sim(db, vera, "otter-55")
    await set_by_sim(db, vera, "otter-55", key="another dialogue")
    assert await access.find_session(db, token=signed_in.token) is None


@pytest.mark.parametrize("password", ["zeb*ra27", "zeb#ra27", "зебра-27", "zebra😀"])
async def test_what_cannot_be_dialled_is_no_password_by_ussd(db: Database, password: str) -> None:
    vera = await cast.vera(db)
    with pytest.raises(access.BadPassword) as refusal:
        await set_by_sim(db, vera, password)
    assert refusal.value.reason == "not-for-keys"

    assert await set_by_code(db, vera, password)


async def test_a_void_password_is_lifted_by_the_sim(db: Database, clock: Clock) -> None:
    anna = await cast.anna(db)
    quick = cast.limited(db, guesses_in_a_row_max=3)
    for _ in range(3):
        with pytest.raises(access.WrongPair):
            await cast.sign_in(quick, anna, password="wrong77")
    with pytest.raises(access.WrongPair):
        await cast.sign_in(quick, anna)
    clock.move(timedelta(hours=1))

    await set_by_sim(db, anna, "anna2026")

    assert await cast.sign_in(quick, anna)
