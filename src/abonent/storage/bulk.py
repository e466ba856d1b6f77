"""Around a bulk load: what only the owner of the schema may do, on a connection of his own."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql


def reserve_ids(url: str, up_to: Mapping[str, int]) -> None:
    """Let the identity columns `id` of these tables give ids above the given ones only."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET ROLE abonent_owner")
        for table, last in up_to.items():
            connection.execute(
                """SELECT setval(s, greatest(%s, (SELECT last_value FROM pg_sequences
                      WHERE format('%%I.%%I', schemaname, sequencename)::regclass = s::regclass)))
                     FROM pg_get_serial_sequence(%s, 'id') AS s""",
                (last, table),
            )


def finish_bulk_load(url: str) -> None:
    """Gather statistics at once: plans made for empty tables would read the full ones through."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET ROLE abonent_owner")
        # A rough picture is enough to choose indexes; autovacuum draws the fine one later.
        connection.execute("SET default_statistics_target = 20")
        tables = connection.execute(
            """SELECT n.nspname, c.relname FROM pg_class c
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relowner = 'abonent_owner'::regrole AND c.relkind IN ('r', 'p')
                  AND NOT c.relispartition"""
        ).fetchall()
        for schema, table in tables:
            connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(schema, table)))
