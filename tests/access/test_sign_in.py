"""Sign in: number and password; what each device gets for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import psycopg
import pytest

from abonent import access, subscribers
from abonent.kit import Busy, Keys, Secret
from abonent.storage import Database
from tests import cast
from tests.access.counting import counting
from tests.conftest import Clock


async def wrong(db: Database, who: cast.Person, password: str = "wrong77") -> None:
    with pytest.raises(access.WrongPair) as refusal:
        await cast.sign_in(db, who, password=password)
    assert refusal.value.facts() == {}


async def test_a_right_pair_on_an_unknown_device_opens_tier_0(db: Database) -> None:
    anna = await cast.anna(db)

    signed_in = await cast.sign_in(db, anna)

    assert signed_in.session.tier == 0
    assert signed_in.msisdn == anna.msisdn
    found = await access.find_session(db, token=signed_in.token)
    assert found == signed_in.session


async def test_a_right_pair_on_a_known_device_opens_tier_1(db: Database) -> None:
    anna = await cast.anna(db)
    proven = await cast.prove(db, anna)
    assert proven.session.tier == 1

    again = await cast.sign_in(db, anna, proven.device_token)

    assert again.session.tier == 1
    assert again.session.device == proven.session.device


async def test_a_device_known_to_one_number_is_unknown_to_another(db: Database) -> None:
    anna, boris = await cast.anna(db), await cast.boris(db)
    device = (await cast.prove(db, anna)).device_token

    assert (await cast.sign_in(db, boris, device)).session.tier == 0
    assert (await cast.sign_in(db, anna, device)).session.tier == 1


async def test_all_reasons_for_wrong_look_alike(db: Database) -> None:
    anna, vera = await cast.anna(db), await cast.vera(db)
    stranger = replace(vera, msisdn=cast.NOT_OURS)

    for who in (anna, vera, stranger):
        await wrong(db, who)
    await wrong(db, anna, "ANNA2026")
    await wrong(db, anna, " anna2026")
    await wrong(db, anna, "anna2026" * 5000)
    await wrong(db, anna, "\ud800")


async def test_a_password_is_compared_after_nfkc(db: Database) -> None:
    who = await cast.person(db, "+375330000009", "cafe\u0301 №9")

    assert await cast.sign_in(db, who, password="caf\u00e9 №9")
    assert await cast.sign_in(db, who, password="ｃafe\u0301 №9")


async def test_a_closed_number_opens_nothing(db: Database) -> None:
    anna = await cast.anna(db)
    async with db.transaction() as tx:
        await tx.execute(
            "UPDATE subscribers.subscription SET status = 'closed', closed_at = $1", tx.now
        )

    await wrong(db, anna, "anna2026")


async def test_a_number_sold_again_does_not_open_with_the_old_password(
    db: Database, clock: Clock
) -> None:
    anna = await cast.anna(db)
    clock.move(timedelta(days=1))
    async with db.transaction() as tx:
        await tx.execute(
            """UPDATE subscribers.msisdn_holding SET during = tstzrange(lower(during), $1)""",
            tx.now,
        )
    account = await db.run(
        subscribers.open_billing_account,
        account=subscribers.BillingAccount("another", "Europe/Minsk"),
    )
    await db.run(
        subscribers.open_subscription,
        account=account,
        msisdn=anna.msisdn,
        imsi="257049999999999",
        tariff=("meadow", 1),
    )

    await wrong(db, anna, "anna2026")


async def test_a_sign_in_on_a_new_device_is_told_by_sms_and_in_the_log(
    db: Database, clock: Clock
) -> None:
    anna = await cast.anna(db)
    device = (await cast.sign_in(db, anna)).device_token

    (notice,) = await cast.outbox(db, "sms.new-device")
    assert msgspec.json.decode(notice["facts"]) == {"at": clock.now.isoformat()}
    async with db.transaction() as tx:
        kinds = [row["kind"] for row in await tx.all("SELECT kind FROM storage.fact")]
        event = await tx.one("SELECT * FROM audit.event WHERE kind = 'access.signed-in'")
    assert kinds == ["access.SignedInOnNewDevice"]
    assert event is not None and event["subscription_id"] == anna.subscription
    assert anna.msisdn.digits not in event["facts"]

    await cast.prove(db, anna, device)
    told = len(await cast.outbox(db, "sms.new-device"))
    await cast.sign_in(db, anna, device)
    assert len(await cast.outbox(db, "sms.new-device")) == told + 1, "the old token is a stranger"


async def test_a_known_device_causes_no_notice(db: Database) -> None:
    anna = await cast.anna(db)
    device = (await cast.prove(db, anna)).device_token
    told = len(await cast.outbox(db, "sms.new-device"))

    await cast.sign_in(db, anna, device)

    assert len(await cast.outbox(db, "sms.new-device")) == told


async def test_notices_about_new_devices_are_at_most_ten_a_day(db: Database, clock: Clock) -> None:
    anna = await cast.anna(db)
    for _ in range(13):
        await cast.sign_in(db, anna)
    assert len(await cast.outbox(db, "sms.new-device")) == 10

    clock.move(timedelta(days=1, seconds=1))
    await cast.sign_in(db, anna)
    assert len(await cast.outbox(db, "sms.new-device")) == 11


async def test_a_failed_sign_in_stands_in_the_audit_trail(db: Database) -> None:
    anna = await cast.anna(db)
    await wrong(db, anna, "wrong77")

    async with db.transaction() as tx:
        event = await tx.one("SELECT * FROM audit.event")
        personal = await tx.one("SELECT * FROM audit.personal")
    assert event is not None and event["kind"] == "access.sign-in-failed"
    assert event["subscription_id"] == anna.subscription
    assert personal is not None and cast.ADDRESS in personal["facts"]
    assert "wrong77" not in event["facts"] + personal["facts"]


async def test_the_token_planted_on_a_device_is_worth_nothing_after_a_proof(db: Database) -> None:
    anna = await cast.anna(db)
    planted = (await cast.sign_in(db, anna)).device_token

    proven = await cast.prove(db, anna, planted)

    assert proven.device_token.reveal() != planted.reveal()
    assert (await cast.sign_in(db, anna, planted)).session.tier == 0
    assert (await cast.sign_in(db, anna, proven.device_token)).session.tier == 1


async def test_a_full_queue_of_hashes_counts_no_attempt(db: Database) -> None:
    anna = await cast.anna(db)
    full, threads = counting(db, queue_max=0)
    for _ in range(60):
        with pytest.raises(Busy):
            await cast.sign_in(full, anna, password="wrong77")

    assert not threads.calls
    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM access.attempt") == 0
        assert await tx.value("SELECT failures_in_a_row FROM access.credential") == 0
    assert await cast.sign_in(db, anna)


async def test_a_password_is_hashed_anew_when_the_parameters_changed(
    db: Database, keys: Keys
) -> None:
    anna = await cast.anna(db)
    dearer, threads = counting(cast.limited(db, argon2_memory_kib=128))
    await cast.sign_in(dearer, anna)
    assert len(threads.calls) == 2
    await cast.sign_in(dearer, anna)
    assert len(threads.calls) == 3
    assert "m=128," in await stored(db)

    newer = Keys({**keys.peppers, "2": b"p" * 32}, "2", keys.digest_key, keys.seal_key)
    await cast.sign_in(replace(dearer, keys=newer), anna)
    assert (await stored(db)).startswith("2:$argon2id$")
    assert await cast.sign_in(replace(dearer, keys=newer), anna)


async def test_a_hash_under_a_lost_pepper_fits_no_password(db: Database, keys: Keys) -> None:
    anna = await cast.anna(db)
    lost = Keys({"2": keys.peppers["1"]}, "2", keys.digest_key, keys.seal_key)

    await wrong(replace(db, keys=lost), anna, "anna2026")


async def test_a_password_changed_during_the_compare_lets_nobody_in(
    db: Database, clock: Clock, database_url: str
) -> None:
    anna = await cast.anna(db)
    fresh = await access.hash_password(db, Secret("zeBra27w"))

    def change() -> None:
        clock.move(timedelta(seconds=1))
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(
                "UPDATE access.credential SET hash = %s, set_at = %s", (fresh, clock.now)
            )

    meanwhile, _ = counting(db, before=change)
    await wrong(meanwhile, anna, "anna2026")

    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM access.session") == 0


async def stored(db: Database) -> str:
    async with db.transaction() as tx:
        return str(await tx.value("SELECT hash FROM access.credential"))
