"""Brings a database to the present schema: roles, the revisions, the job queue, the partitions.

Safe to run at every start and by several processes at once (an advisory lock); a database that is
already there costs one connection.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path

import psycopg
import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql

from abonent.storage.reach import Unusable, reaching
from abonent.storage.transaction import PARTITIONED

MIGRATIONS = Path(__file__).parent / "migrations"
ROLES = ("abonent_owner", "abonent_app", "abonent_reader")

_LOCK = 7_031_771
_MONTHS_AHEAD = timedelta(days=100)


def migrate(url: str, *, now: datetime, history_from: datetime | None = None) -> None:
    """Migrate the database at `url`, whose user may create roles (or finds them there).

    `now` and `history_from` say which months get their partitions. Raises SettingsWrong or
    Unusable when the database cannot be had, or its user lacks a right.
    """
    with reaching():
        connection = psycopg.connect(url, autocommit=True)
    try:
        with connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            _ensure_roles(connection)
            _join_owner(connection)
            if _revision(connection) != _head():
                _upgrade(url)
            _ensure_months(connection, history_from or now, now + _MONTHS_AHEAD)
    except psycopg.errors.InsufficientPrivilege as error:
        raise Unusable(
            f"The database user may not migrate: {error.diag.message_primary}. It has to be a "
            "superuser, or own the database and be allowed to create roles."
        ) from None


def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _revision(connection: psycopg.Connection) -> str | None:
    if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
        return None
    row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    return row[0] if row else None


def _ensure_roles(connection: psycopg.Connection) -> None:
    """Create what is missing. Roles belong to the server: another database may be first."""
    for role in ROLES:
        try:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            pass
        except psycopg.errors.InsufficientPrivilege:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
            if known.fetchone() is None:
                raise
    owner = sql.Identifier("abonent_owner")
    name = connection.info.dbname
    grants = sql.SQL(
        "GRANT CREATE, CONNECT ON DATABASE {db} TO {owner};"
        "GRANT CREATE, USAGE ON SCHEMA public TO {owner};"
        "GRANT CONNECT ON DATABASE {db} TO abonent_app, abonent_reader"
    )
    connection.execute(grants.format(db=sql.Identifier(name), owner=owner))


def _join_owner(connection: psycopg.Connection) -> None:
    """From here on we act as the owner, who is under the policies like everybody.

    A superuser may do that anyway. Another one has to be a member; who has just created the role
    makes himself one, because creating alone gives that right no longer since PostgreSQL 16.
    """
    usable = connection.execute("SELECT pg_has_role('abonent_owner', 'USAGE')").fetchone()
    if usable != (True,):
        with suppress(psycopg.errors.InsufficientPrivilege):
            connection.execute("GRANT abonent_owner TO CURRENT_USER")
    connection.execute("SET ROLE abonent_owner")


def _upgrade(url: str) -> None:
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=sqlalchemy.NullPool
    )
    with engine.begin() as connection:
        script = driver(connection)
        script.execute("SET ROLE abonent_owner")
        _install_job_queue(script)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def driver(connection: sqlalchemy.Connection) -> psycopg.Connection:
    """The driver's own connection: it runs a script of many statements as it stands."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    return raw


def _install_job_queue(connection: psycopg.Connection) -> None:
    """Procrastinate's own tables and functions, in a schema of their own.

    Its functions name their tables without a schema, so each is bound to this search path.
    """
    known = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'jobs'")
    if known.fetchone() is not None:
        return
    schema = resources.files("procrastinate.sql").joinpath("schema.sql").read_text()
    connection.execute("CREATE SCHEMA jobs")
    connection.execute("SET LOCAL search_path = jobs")
    connection.execute(schema.encode())
    connection.execute("SET LOCAL search_path = pg_catalog")
    connection.execute(
        """DO $$ DECLARE f regprocedure; BEGIN
             FOR f IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'jobs'::regnamespace LOOP
               EXECUTE format('ALTER FUNCTION %s SET search_path = jobs, pg_catalog', f);
             END LOOP; END $$;
           GRANT USAGE ON SCHEMA jobs TO abonent_app;
           GRANT ALL ON ALL TABLES IN SCHEMA jobs TO abonent_app;
           GRANT ALL ON ALL SEQUENCES IN SCHEMA jobs TO abonent_app;"""
    )


def _ensure_months(connection: psycopg.Connection, first: datetime, last: datetime) -> None:
    for table in PARTITIONED:
        connection.execute(
            "SELECT storage.ensure_months(%s::regclass, %s, %s)", (table, first.date(), last.date())
        )
