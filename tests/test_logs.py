"""What goes wrong is logged by kind and place: its own words may be a number or a password."""

from __future__ import annotations

import subprocess
import sys

import asyncpg
import pytest

from abonent import logs
from abonent.storage import Database
from tests.phones import ANNA

SAYS = """
import logging, structlog
from abonent.logs import log_quietly

def guess(word):
    int(word)

log_quietly()
try:
    try:
        guess("zeBra27w")
    except ValueError as error:
        raise LookupError("+375330000001") from error
except LookupError as error:
    structlog.get_logger().error("internal", trace="a1", exc_info=error)
    logging.getLogger("worker").exception("a job ended")
    logging.getLogger("quiet").info("not told")
"""


async def test_an_error_of_the_database_is_logged_without_its_values(db: Database) -> None:
    with pytest.raises(asyncpg.DataError) as caught:
        async with db.transaction() as tx:
            await tx.value("SELECT $1::bigint", ANNA.e164)
    assert ANNA.e164 in str(caught.value), "the value stands in the error's own words"

    told = "\n".join(logs.places(caught.value))

    assert "DataError" in told and "test_logs.py" in told
    assert ANNA.digits not in told


def test_both_loggers_tell_kinds_and_places_of_the_whole_chain_and_no_words() -> None:
    done = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, check=True)
    structured, _, plain = done.stderr.partition("\n")
    for told in (structured, plain):
        assert "LookupError" in told and "ValueError" in told and "guess" in told
    assert '"trace": "a1"' in structured and "a job ended" in plain
    assert "zeBra27w" not in done.stderr and "375330000001" not in done.stderr
    assert "not told" not in done.stderr
