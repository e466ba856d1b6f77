"""What stands between a process and its database at the start, as one line for the terminal.

Never the URL itself: a password may stand in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import psycopg

from abonent.settings import SettingsWrong


class Unusable(Exception):
    """The database cannot be reached, does not let us in, or lacks what we need."""


@contextmanager
def reaching() -> Iterator[None]:
    """Around opening a connection. Raises SettingsWrong for a URL that no driver can read,
    Unusable for everything that the network or the server has against us."""
    try:
        yield
    except (psycopg.ProgrammingError, ValueError):  # asyncpg's word for it is a ValueError
        raise SettingsWrong(
            "The URL of the database cannot be read. "
            "It has to look like postgresql://user@host:5432/database."
        ) from None
    except asyncpg.InvalidParameterValueError as error:
        raise Unusable(
            f"The database cannot be used: {_first_line(error)}. "
            "Bring it to the present schema with `abonent migrate`."
        ) from None
    except (OSError, psycopg.Error, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unusable(f"The database cannot be used: {_first_line(error)}.") from None


def _first_line(error: Exception) -> str:
    told = str(error).strip() or type(error).__name__
    return told.splitlines()[0].rstrip(". ")
