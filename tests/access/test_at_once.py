"""Many at once, from two processes: no limit is passed, nothing happens twice."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from abonent import access
from abonent.storage import Database
from tests import cast

_GUESSER = Path(__file__).with_name("guesser.py")
_SOURCES = Path(access.__file__).parents[2]


async def at_once(db: Database, url: str, times: int, **order: Any) -> Counter[str]:
    """The outcomes of so many tries, half in each of two processes, begun together."""
    keys = (db.keys.peppers["1"], db.keys.digest_key, db.keys.seal_key)
    order |= {
        "url": url,
        "folder": str(db.settings.folder),
        "limits": msgspec.to_builtins(db.settings.limits),
        "keys": [key.hex() for key in keys],
        "now": db.clock().isoformat(),
        "times": times // 2,
    }
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            str(_GUESSER),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": str(_SOURCES)},
        )
        for _ in range(2)
    ]
    for process in processes:
        await say(process, json.dumps(order))
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    for process in processes:
        await say(process, "go")
    outputs = await asyncio.gather(*(process.communicate() for process in processes))
    total: Counter[str] = Counter()
    for out, _ in outputs:
        total.update(json.loads(out))
    assert sum(total.values()) == times
    return total


async def say(process: asyncio.subprocess.Process, line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line.encode() + b"\n")
    await process.stdin.drain()


async def test_two_hundred_guesses_at_once_from_two_processes_stay_below_the_cap(
    db: Database, database_url: str
) -> None:
    anna = await cast.anna(db)
    roomy = cast.limited(db, hash_queue_max=1000)

    got = await at_once(roomy, database_url, 200, do="guess", number=anna.msisdn.e164)

    assert got == {"wrong-pair": 5, "too-many-attempts": 195}
    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM access.attempt") == 5
        assert await tx.value("SELECT failures_in_a_row FROM access.credential") == 5


async def test_fifty_right_codes_at_once_set_one_password(db: Database, database_url: str) -> None:
    anna = await cast.anna(db)
    flow, there = await cast.ask_password(db, anna.msisdn)
    code = await cast.code_sent(db, anna)
    patient = cast.limited(db, code_failures_a_day_max=1000, code_failures_a_month_max=1000)
    assert there.device_token is not None
    async with db.transaction() as tx:
        await tx.execute("UPDATE access.flow SET attempts_left = 1000")

    got = await at_once(
        patient,
        database_url,
        50,
        do="code",
        flow=str(flow),
        code=code,
        device=there.device_token.reveal(),
    )

    assert got == {"done": 1, "flow-gone": 49}
    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM access.session") == 1
        failed = "SELECT count(*) FROM access.attempt WHERE outcome <> 'passed'"
        assert await tx.value(failed) == 0, "a right code that came late is no failure"
    assert len(await cast.outbox(db, "sms.password-set")) == 1


async def test_a_hundred_wrong_codes_at_once_are_five_compares(
    db: Database, database_url: str
) -> None:
    anna = await cast.anna(db)
    flow, there = await cast.ask_password(db, anna.msisdn)
    code = cast.other_code(await cast.code_sent(db, anna))
    assert there.device_token is not None
    device = there.device_token.reveal()

    got = await at_once(db, database_url, 100, do="code", flow=str(flow), code=code, device=device)

    assert got == {"wrong-code": 4, "codes-exhausted": 96}
    async with db.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM access.attempt") == 5


async def test_a_hundred_wrong_codes_at_once_are_ten_compares_of_a_number(
    db: Database, database_url: str
) -> None:
    anna = await cast.anna(db)
    flow, there = await cast.ask_password(db, anna.msisdn)
    code = cast.other_code(await cast.code_sent(db, anna))
    assert there.device_token is not None
    async with db.transaction() as tx:
        await tx.execute("UPDATE access.flow SET attempts_left = 1000")

    device = there.device_token.reveal()
    got = await at_once(db, database_url, 100, do="code", flow=str(flow), code=code, device=device)

    assert got == {"wrong-code": 10, "too-many-attempts": 90}


async def test_a_hundred_requests_at_once_send_three_codes(db: Database, database_url: str) -> None:
    anna = await cast.anna(db)
    roomy = cast.limited(db, hash_queue_max=1000)

    got = await at_once(roomy, database_url, 100, do="ask", number=anna.msisdn.e164)

    assert got == {"done": 3, "too-many-attempts": 97}
    assert len(await cast.outbox(db, "sms.code")) == 3
