"""After all that can be done with a password on a phone, neither it nor a code stands anywhere.

A dump of every table and every line of our log is searched, in the clear and as hexadecimal.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator

import psycopg
import pytest
import pytest_asyncio
from httpx import AsyncClient
from psycopg.sql import SQL, Identifier

from abonent import access, messaging
from abonent.access import Origin
from abonent.demo.phone import deliver
from abonent.faces.jobs import render
from abonent.kit import Secret
from abonent.storage import Database
from tests.demo.phone_app import browser
from tests.phones import ANNA, PASSWORD, open_phone, spoken

TYPED = (PASSWORD, "zeBra28w", "zeBra29w")
_TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[AsyncClient]:
    async with browser(db) as opened:
        yield opened


def dump(database_url: str) -> str:
    """Every row of every table as text, as whoever steals the database has it."""
    with psycopg.connect(database_url) as connection:
        rows = [
            str(row[0])
            for schema, table in connection.execute(_TABLES).fetchall()
            for row in connection.execute(
                SQL("SELECT t::text FROM {} t").format(Identifier(schema, table))
            )
        ]
    return "\n".join(rows)


def stands_in(secret: str, text: str) -> bool:
    """Whether it is there as a word of its own, or as bytes written out."""
    alone = re.search(rf"(?<![0-9a-zA-Z]){re.escape(secret)}(?![0-9a-zA-Z])", text)
    return alone is not None or secret.encode().hex() in text


async def deliver_all(db: Database) -> None:
    """What the worker does with the outbox."""
    async with db.transaction() as tx:
        queued = await tx.all("SELECT id FROM messaging.outbox WHERE state = 'queued'")
    for row in queued:
        taken = await db.run(messaging.take_message, message=row["id"])
        assert taken is not None
        await deliver(db, taken, render(spoken(db.settings)[taken.language], taken, db.clock()))


async def use_the_phone(client: AsyncClient) -> None:
    """Passwords in every way a phone can enter one: asked, at once, refused, and by SMS."""

    async def dial(text: str, **more: str) -> str:
        body = {"msisdn": ANNA.e164, "text": text, **more}
        return str((await client.post("/demo/ussd", json=body)).json()["dialogue"])

    asked = await dial("*111*17#")
    for entry in (PASSWORD, "zeBra28w", "1234", PASSWORD, PASSWORD):
        await dial(entry, dialogue=asked)
    await dial("zeBra29w", dialogue=asked)
    await dial(f"*111*17*{TYPED[1]}#")
    await dial(f"*111*17{TYPED[2]}#")
    left_open = await dial("*111*17#")
    await dial(TYPED[2], dialogue=left_open)
    for text in ("ПАРОЛЬ", f"ПАРОЛЬ {TYPED[2]}"):
        await client.post("/demo/messages", json={"msisdn": ANNA.e164, "text": text})


async def test_no_password_and_no_code_is_left_in_a_table_or_a_log(
    client: AsyncClient,
    db: Database,
    database_url: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "httpx")  # the client of the test, not we
    await open_phone(db)
    await use_the_phone(client)
    origin = Origin(None, "192.0.2.1", "test", "web")
    await access.request_password(db, msisdn=ANNA, password=Secret(TYPED[0]), origin=origin)
    before = dump(database_url)
    await deliver_all(db)
    broken = await client.post("/demo/ussd", json={"msisdn": ANNA.e164, "text": 5})

    items = (await client.get("/demo/messages", params={"msisdn": ANNA.e164})).json()["items"]
    [code] = [found[0] for item in items if (found := re.match(r"\d{6} ", item["text"]))]
    printed = capfd.readouterr()
    logged = f"{printed.out}\n{printed.err}\n{caplog.text}"
    assert broken.status_code == 400
    for secret in (*TYPED, code.strip()):
        for name, text in (("before", before), ("after", dump(database_url)), ("log", logged)):
            assert not stands_in(secret, text), (secret, name)
    assert ANNA.digits not in logged


def test_the_search_finds_what_is_there() -> None:
    assert stands_in("zeBra27w", '(1,"zeBra27w")')
    assert stands_in("042137", "(1,'042137 код')")
    assert stands_in("042137", f"\\x{'код 042137'.encode().hex()}")
    assert not stands_in("042137", "1a042137f")
