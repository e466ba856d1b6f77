"""The same request again, with its key: the same answer, and nothing happens twice."""

from __future__ import annotations

import asyncio

import pytest

from abonent import access
from abonent.kit import Msisdn, OperationReused, Secret
from abonent.storage import Database
from tests import cast


async def sign_in(
    db: Database, who: cast.Person, key: str, device: Secret | None = None, password: str = ""
) -> access.SignedIn | access.CodeAsked:
    return await access.sign_in(
        db,
        msisdn=who.msisdn,
        password=Secret(password or who.password or ""),
        origin=cast.origin(device),
        key=key,
    )


async def ask(
    db: Database, number: Msisdn, key: str, password: str = "zeBra27w"
) -> access.CodeAsked:
    return await access.request_password(
        db, msisdn=number, password=Secret(password), origin=cast.origin(), key=key
    )


def tokens(got: access.SignedIn | access.CodeAsked) -> tuple[str, str]:
    assert isinstance(got, access.SignedIn)
    return got.token.reveal(), got.device_token.reveal()


async def test_a_repeated_sign_in_is_one_session_with_the_same_tokens(db: Database) -> None:
    anna = await cast.anna(db)
    first = await sign_in(db, anna, "k")

    again = await sign_in(db, anna, "k")

    assert tokens(again) == tokens(first)
    assert len(set(tokens(first))) == 2
    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM access.session") == 1
        assert await tx.value("SELECT count(*) FROM access.device") == 1
        assert first is not None and await tx.value("SELECT answer FROM storage.operation") == (
            '{"kind": "session"}'
        )


async def test_many_repeats_at_once_are_one_session(db: Database) -> None:
    anna = await cast.anna(db)

    got = await asyncio.gather(*(sign_in(db, anna, "k") for _ in range(5)))

    assert len({tokens(one) for one in got}) == 1
    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM access.session") == 1


async def test_a_key_is_of_no_use_without_the_password(db: Database) -> None:
    anna = await cast.anna(db)
    await sign_in(db, anna, "k")

    with pytest.raises(access.WrongPair):
        await sign_in(db, anna, "k", password="wrong77")


async def test_a_wrong_guess_does_not_take_the_key(db: Database) -> None:
    anna = await cast.anna(db)
    with pytest.raises(access.WrongPair):
        await sign_in(db, anna, "k", password="wrong77")

    assert await sign_in(db, anna, "k")


async def test_the_same_key_from_another_device_or_for_another_number_is_another_matter(
    db: Database,
) -> None:
    anna, boris = await cast.anna(db), await cast.boris(db)
    first = await sign_in(db, anna, "k")
    device = (await cast.sign_in(db, boris)).device_token

    with pytest.raises(OperationReused):
        await sign_in(db, anna, "k", device)
    assert tokens(await sign_in(db, boris, "k")) != tokens(first)


async def test_a_session_that_is_over_does_not_come_back_by_its_key(db: Database) -> None:
    anna = await cast.anna(db)
    first = await sign_in(db, anna, "k")
    assert isinstance(first, access.SignedIn)
    await db.run(access.sign_out, token=first.token)
    for _ in range(10):
        with pytest.raises(access.SignedOut):
            await sign_in(db, anna, "k")

    assert await sign_in(db, anna, "another"), "a right pair is no failure, whatever was refused"


async def test_a_repeat_on_a_device_with_a_token_keeps_that_token(db: Database) -> None:
    anna = await cast.anna(db)
    device = (await cast.prove(db, anna)).device_token

    first, again = await sign_in(db, anna, "k", device), await sign_in(db, anna, "k", device)

    assert tokens(first) == tokens(again)
    assert tokens(first)[1] == device.reveal()


async def test_a_challenge_repeats_as_the_same_flow(db: Database) -> None:
    anna = await cast.anna(db)
    strict = cast.limited(db, new_device_requires_proof=True)
    got = [await sign_in(one, anna, "k") for one in (strict, strict, db)]

    assert {one.id for one in got if isinstance(one, access.CodeAsked)} == {_flow(got[0]).id}
    assert len(await cast.outbox(db, "sms.code")) == 1
    assert {_token(_flow(one)) for one in got} == {_token(_flow(got[0]))}
    there = cast.origin(_flow(got[2]).device_token)
    code = await cast.code_sent(db, anna)
    assert await access.confirm_sign_in(db, flow=_flow(got[0]).id, code=code, origin=there)
    with pytest.raises(access.FlowGone):
        await sign_in(db, anna, "k")


async def test_a_session_repeats_as_the_same_session_though_now_a_code_were_asked(
    db: Database,
) -> None:
    anna = await cast.anna(db)
    first = await sign_in(db, anna, "k")

    strict = cast.limited(db, new_device_requires_proof=True)
    assert tokens(await sign_in(strict, anna, "k")) == tokens(first)


@pytest.mark.parametrize("number", ["+375330000001", cast.NOT_OURS.e164])
async def test_a_repeated_request_for_a_password_is_one_flow_and_one_sms(
    db: Database, number: str
) -> None:
    await cast.anna(db)
    first = await ask(db, Msisdn(number), "k")
    rest = await asyncio.gather(*(ask(db, Msisdn(number), "k") for _ in range(10)))

    assert {(one.id, _token(one)) for one in rest} == {(first.id, _token(first))}
    at_once = await asyncio.gather(*(ask(db, Msisdn(number), "at once") for _ in range(10)))
    assert len({(one.id, _token(one)) for one in at_once}) == 1
    ours = number != cast.NOT_OURS.e164
    assert len(await cast.outbox(db, "sms.code")) == (2 if ours else 0)
    with pytest.raises(OperationReused):
        await ask(db, Msisdn(number), "k", "otter-55")


async def test_a_flow_that_is_over_does_not_come_back_by_its_key(db: Database) -> None:
    anna = await cast.anna(db)
    asked = await ask(db, anna.msisdn, "k")
    code = await cast.code_sent(db, anna)
    there = cast.origin(asked.device_token)
    await access.confirm_password(db, flow=asked.id, code=code, origin=there)

    with pytest.raises(access.FlowGone):
        await ask(db, anna.msisdn, "k")


def _flow(got: access.SignedIn | access.CodeAsked) -> access.CodeAsked:
    assert isinstance(got, access.CodeAsked)
    return got


def _token(asked: access.CodeAsked) -> str:
    assert asked.device_token is not None
    return asked.device_token.reveal()
