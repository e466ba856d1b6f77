"""*111*17#: a password from the SIM, asked twice or given in one go."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import uuid4

import pytest

from abonent import access, dialogue
from abonent.access import Origin
from abonent.kit import Msisdn, Secret
from abonent.storage import Database
from abonent.wording import Words
from tests.dialogue.conftest import Phone
from tests.phones import ANNA, PASSWORD

OTHER = "zeBra28w"
DONE = "Пароль задан. Другие устройства вышли из кабинета"


async def opens(db: Database, password: str, msisdn: Msisdn = ANNA) -> bool:
    """Whether one can sign in with this password."""
    origin = Origin(None, "192.0.2.1", "test", "web")
    try:
        await access.sign_in(db, msisdn=msisdn, password=Secret(password), origin=origin)
    except access.WrongPair:
        return False
    return True


async def notices(db: Database) -> int:
    async with db.transaction() as tx:
        found = await tx.value(
            "SELECT count(*) FROM messaging.outbox WHERE kind = 'sms.password-set'"
        )
        return int(found)


async def test_a_password_entered_twice_alike_is_set(anna: Phone, db: Database) -> None:
    asked = await anna.dial("*111*17#")
    assert (asked.text, asked.ends) == ("Новый пароль: 4–10 знаков, без * и #", False)
    repeated = await anna.press(PASSWORD)
    assert (repeated.text, repeated.ends) == ("Повторите пароль", False)
    done = await anna.press(PASSWORD)
    assert (done.text, done.ends) == (DONE, True)

    assert await opens(db, PASSWORD)
    assert await notices(db) == 1
    with pytest.raises(dialogue.DialogueGone):
        await anna.press(PASSWORD)


async def test_the_menu_leads_to_the_same_question(anna: Phone, db: Database) -> None:
    await anna.dial("*111#")
    await anna.press("4")
    await anna.press(PASSWORD)
    assert (await anna.press(PASSWORD)).text == DONE
    assert await opens(db, PASSWORD)


async def test_a_password_that_comes_with_the_code_is_set_at_once(
    anna: Phone, db: Database
) -> None:
    done = await anna.dial(f"*111*17*{PASSWORD}#")
    assert (done.text, done.ends) == (DONE, True)
    assert await opens(db, PASSWORD)


async def test_a_repeated_request_sets_a_password_once(anna: Phone, db: Database) -> None:
    mine = uuid4()
    screens = [await anna.dial(f"*111*17*{PASSWORD}#", mine) for _ in range(3)]
    assert {screen.text for screen in screens} == {DONE}
    assert await notices(db) == 1


async def test_two_answers_at_once_set_a_password_once(anna: Phone, db: Database) -> None:
    await anna.dial("*111*17#")
    await anna.press(PASSWORD)
    answers = await asyncio.gather(
        *(anna.press(PASSWORD) for _ in range(5)), return_exceptions=True
    )
    texts = [getattr(answer, "text", "dialogue-gone") for answer in answers]
    assert DONE in texts
    assert set(texts) <= {DONE, "dialogue-gone"}
    assert await notices(db) == 1


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("", "Вы не ввели пароль"),
        ("abc", "Пароль короче 4 знаков"),
        ("abcdefghijk", "Пароль длиннее 10 знаков"),
        ("330000001", "Это ваш номер или его конец"),
        ("0001", "Это ваш номер или его конец"),
        ("1234", "Слишком простой пароль"),
        ("vasilek", "Это название оператора"),
        ("zebra*27", "Только латиница и цифры, без * #"),
        ("зебра27", "Только латиница и цифры, без * #"),
    ],
)
async def test_a_bad_password_is_told_why_and_asked_again(
    anna: Phone, db: Database, entry: str, reason: str
) -> None:
    await anna.dial("*111*17#")
    for screen in (await anna.press(entry), await anna.dial(f"*111*17*{entry}#")):
        assert (screen.text, screen.ends) == (f"{reason}\nВведите другой пароль", False)
    await anna.press(PASSWORD)
    assert (await anna.press(PASSWORD)).text == DONE
    assert await opens(db, PASSWORD)


async def test_after_three_bad_passwords_the_dialogue_ends(anna: Phone) -> None:
    await anna.dial("*111*17#")
    assert not (await anna.press("1234")).ends
    assert not (await anna.press("1234")).ends
    last = await anna.press("1234")
    assert (last.text, last.ends) == ("Слишком простой пароль", True)
    with pytest.raises(dialogue.DialogueGone):
        await anna.press(PASSWORD)


async def test_passwords_that_differ_are_asked_again_from_the_start(
    anna: Phone, db: Database
) -> None:
    await anna.dial("*111*17#")
    await anna.press(PASSWORD)
    again = await anna.press(OTHER)
    assert again.text == "Пароли не совпали\nНовый пароль: 4–10 знаков, без * и #"
    assert (await anna.press(OTHER)).text == "Повторите пароль"
    assert (await anna.press(OTHER)).text == DONE
    assert await opens(db, OTHER)
    assert not await opens(db, PASSWORD)


async def test_bad_and_differing_entries_share_the_three_tries(anna: Phone, db: Database) -> None:
    await anna.dial("*111*17#")
    await anna.press("1234")
    await anna.press(PASSWORD)
    await anna.press(OTHER)
    await anna.press(PASSWORD)
    last = await anna.press(OTHER)
    assert (last.text, last.ends) == ("Пароли не совпали", True)
    assert not await opens(db, PASSWORD)
    assert not await opens(db, OTHER)


async def test_the_case_and_every_space_of_a_password_count(anna: Phone, db: Database) -> None:
    await anna.dial("*111*17#")
    await anna.press(f" {PASSWORD}")
    assert (await anna.press(PASSWORD)).text.startswith("Пароли не совпали")
    await anna.press(PASSWORD)
    assert (await anna.press(PASSWORD.upper())).text == "Пароли не совпали\n" + (
        "Новый пароль: 4–10 знаков, без * и #"
    )


async def test_half_a_character_is_refused_and_not_a_failure(anna: Phone) -> None:
    await anna.dial("*111*17#")
    assert "Введите другой пароль" in (await anna.press("zebra\ud800")).text
    await anna.press(PASSWORD)
    assert (await anna.press("zebra\ud800")).text.startswith("Пароли не совпали")


async def test_of_a_first_entry_only_a_digest_stands_in_the_table(
    anna: Phone, db: Database, words: Mapping[str, Words]
) -> None:
    digests = []
    for _ in range(2):
        await anna.dial("*111*17#")
        await anna.press(PASSWORD)
        async with db.transaction() as tx:
            row = await tx.one(
                "SELECT d::text AS all, digest FROM dialogue.dialogue d WHERE id = $1", anna.last
            )
        assert row is not None
        assert PASSWORD not in row["all"]
        assert PASSWORD.encode().hex() not in row["all"]
        digests.append(row["digest"])
    # The same entry in another dialogue is another digest.
    assert len(set(digests)) == 2
    assert all(len(digest) == 32 for digest in digests)
