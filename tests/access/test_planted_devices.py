"""A device token that somebody else put there shares in no proof."""

from __future__ import annotations

from dataclasses import replace

import pytest

from abonent import access
from abonent.kit import Msisdn, Secret
from abonent.storage import Database
from tests import cast

PASSWORD = "zeBra27w"


async def reset(db: Database, who: cast.Person, device: Secret | None) -> access.SignedIn:
    there = cast.origin(device)
    asked = await access.request_password(
        db, msisdn=who.msisdn, password=Secret(PASSWORD), origin=there
    )
    there = replace(there, device_token=asked.device_token or device)
    code = await cast.code_sent(db, who)
    return await access.confirm_password(db, flow=asked.id, code=code, origin=there)


async def tier(db: Database, who: cast.Person, device: Secret, password: str) -> int:
    return (await cast.sign_in(db, who, device, password=password)).session.tier


async def test_a_device_known_to_its_planter_gets_a_new_token_at_another_numbers_proof(
    db: Database,
) -> None:
    anna, boris = await cast.anna(db), await cast.boris(db)
    planted = (await cast.prove(db, boris)).device_token

    mine = (await reset(db, anna, planted)).device_token

    assert mine.reveal() != planted.reveal()
    assert await tier(db, anna, planted, PASSWORD) == 0, "the planter is still a stranger"
    assert await tier(db, anna, mine, PASSWORD) == 1


async def test_a_family_that_shares_a_device_is_known_on_it_by_the_token_it_has_now(
    db: Database,
) -> None:
    anna, boris = await cast.anna(db), await cast.boris(db)
    first = (await cast.prove(db, boris)).device_token
    now = (await cast.prove(db, anna, first)).device_token

    assert await tier(db, boris, now, "boris2026") == 1
    assert await tier(db, anna, now, "anna2026") == 1


async def test_a_number_that_knows_the_device_keeps_its_token_at_a_new_proof(
    db: Database,
) -> None:
    anna = await cast.anna(db)
    known = (await cast.prove(db, anna)).device_token

    assert (await reset(db, anna, known)).device_token.reveal() == known.reveal()


@pytest.mark.parametrize("number", ["+375330000001", cast.NOT_OURS.e164])
async def test_a_repeat_with_a_token_that_we_do_not_know_gets_the_same_new_token(
    db: Database, number: str
) -> None:
    await cast.anna(db)
    stale = cast.origin(Secret("forgotten long ago"))
    got = [
        await access.request_password(
            db, msisdn=Msisdn(number), password=Secret(PASSWORD), origin=stale, key="k"
        )
        for _ in range(2)
    ]
    tokens = [asked.device_token.reveal() for asked in got if asked.device_token]
    assert len(tokens) == 2 and tokens[0] == tokens[1]
