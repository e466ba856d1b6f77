"""The first schema: a PostgreSQL schema for each room, in plain SQL beside this file."""

from pathlib import Path

from alembic import op

from abonent.storage.schema import driver

revision = "0001"
down_revision = None


def upgrade() -> None:
    connection = driver(op.get_bind())
    for file in sorted((Path(__file__).parent / "first").glob("*.sql")):
        connection.execute(file.read_bytes())
