"""Who came in, how and from where: one row of the audit trail for each time."""

from __future__ import annotations

import msgspec
import pytest

from abonent import access
from abonent.storage import Database
from tests import cast


async def signed_in_rows(db: Database) -> list[tuple[dict[str, object], dict[str, str]]]:
    async with db.transaction() as tx:
        rows = await tx.all(
            """SELECT e.facts, p.facts AS personal FROM audit.event e
                 JOIN audit.personal p ON p.event_id = e.id
                WHERE e.kind = 'access.signed-in' ORDER BY e.id"""
        )
    decode = msgspec.json.decode
    return [(decode(row["facts"]), decode(row["personal"])) for row in rows]


async def test_each_way_in_leaves_a_row_with_its_session_tier_and_address(db: Database) -> None:
    anna = await cast.anna(db)
    by_password = await cast.sign_in(db, anna)
    by_code = await cast.prove(db, anna)
    flow, there = await cast.ask_password(db, anna.msisdn)
    code = await cast.code_sent(db, anna)
    by_reset = await access.confirm_password(db, flow=flow, code=code, origin=there)

    rows = await signed_in_rows(db)

    got = (by_password, by_code, by_reset)
    assert [facts["session"] for facts, _ in rows] == [str(one.session.id) for one in got]
    assert [facts["tier"] for facts, _ in rows] == [0, 1, 1]
    assert {personal["address"] for _, personal in rows} == {cast.ADDRESS}


async def test_nobody_finds_out_from_a_dump_which_numbers_share_a_password(db: Database) -> None:
    """A thief who also guesses on a number of his own knows what his own guesses look like."""
    anna = await cast.anna(db)
    await cast.sign_in(db, anna)
    boris = await cast.boris(db)
    with pytest.raises(access.WrongPair):
        await cast.sign_in(db, boris, password="anna2026")

    async with db.transaction() as tx:
        rows = await tx.all("SELECT outcome, value_key FROM access.attempt ORDER BY id")
    (passed, failed) = rows
    assert (passed["outcome"], failed["outcome"]) == ("passed", "failed")
    assert len(failed["value_key"]) == 32
    assert passed["value_key"] == b"", "a right password leaves nothing to compare with"
