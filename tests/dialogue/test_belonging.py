"""A dialogue belongs to one number and one link, and its time is its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from abonent import dialogue
from abonent.storage import Database, Principal
from abonent.wording import Words
from tests.conftest import Clock
from tests.dialogue.conftest import Phone
from tests.phones import BORIS, PASSWORD, open_phone


async def test_a_dialogue_lives_as_long_as_it_is_answered_in_time(
    anna: Phone, clock: Clock
) -> None:
    await anna.dial("*111#")
    for _ in range(5):
        clock.move(timedelta(seconds=89))
        assert not (await anna.press("9")).ends
    clock.move(timedelta(seconds=90))
    with pytest.raises(dialogue.DialogueGone):
        await anna.press("1")


async def test_an_answer_to_no_dialogue_is_refused(anna: Phone) -> None:
    anna.last = uuid4()
    with pytest.raises(dialogue.DialogueGone):
        await anna.press("1")


async def test_a_dialogue_that_ended_cannot_be_answered_again(anna: Phone) -> None:
    await anna.dial("*111#")
    await anna.press("1")
    with pytest.raises(dialogue.DialogueGone):
        await anna.press("1")


async def test_another_number_can_neither_answer_nor_take_over_a_dialogue(
    anna: Phone, db: Database, words: Mapping[str, Words]
) -> None:
    boris = Phone(db, words, await open_phone(db, BORIS))
    await anna.dial("*111*17#")
    boris.last = anna.last
    with pytest.raises(dialogue.DialogueGone):
        await boris.press(PASSWORD)
    with pytest.raises(dialogue.DialogueGone):
        await boris.dial("*111#", anna.last)
    assert (await anna.press(PASSWORD)).text == "Повторите пароль"


async def test_another_link_can_neither_answer_nor_take_over_a_dialogue(
    anna: Phone, db: Database, words: Mapping[str, Words]
) -> None:
    forged = Phone(db, words, replace(anna.caller, link="hlr"))
    await anna.dial("*111*17#")
    forged.last = anna.last
    with pytest.raises(dialogue.DialogueGone):
        await forged.press(PASSWORD)
    with pytest.raises(dialogue.DialogueGone):
        await forged.dial("*111#", anna.last)
    await anna.press(PASSWORD)
    with pytest.raises(dialogue.DialogueGone):
        await forged.press(PASSWORD)  # the answer that would set the password
    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM access.credential") == 0


async def test_a_dialogue_is_seen_by_its_own_number_alone(anna: Phone, db: Database) -> None:
    await anna.dial("*111#")
    stranger = Principal.subscriber(anna.caller.subscription + 1, anna.caller.billing_account)  # type: ignore[arg-type]
    for principal, rows in ((Principal(), 0), (stranger, 0), (db.principal, 1)):
        async with db.acting(principal).transaction() as tx:
            assert await tx.value("SELECT count(*) FROM dialogue.dialogue") == rows


async def test_what_is_over_is_forgotten_and_what_is_open_stays(
    anna: Phone, db: Database, clock: Clock
) -> None:
    await anna.dial("*111#")
    clock.move(timedelta(seconds=60))
    await anna.dial("*111#")
    clock.move(timedelta(seconds=60))
    assert await db.run(dialogue.forget_old) == 1
    assert (await anna.press("1")).ends
