"""One transaction, as the rooms see it: a clock, queries, facts, jobs, operations.

It can only take part: it is opened and closed by `Database.run`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import asyncpg
import msgspec

from abonent.kit import Keys, OperationId, OperationReused, random_id
from abonent.settings import Settings
from abonent.storage.facts import Fact, RecordedFact, kind_of, type_of
from abonent.storage.principal import Principal

if TYPE_CHECKING:
    from asyncpg.connection import Connection

Row = asyncpg.Record

PARTITIONED = ("storage.fact", "ledger.entry", "charging.usage", "audit.event")
"""Tables by month: their partitions are made ahead."""

_DEFER = """
SELECT jobs.procrastinate_defer_jobs_v1(ARRAY[
    ROW($1, $2, $3, NULL, NULL, $4::jsonb, $5)::jobs.procrastinate_job_to_defer_v1])
"""


class Transaction:
    """`now` is the moment the transaction began; `principal` on whose behalf it acts."""

    def __init__(
        self,
        connection: Connection[Row],
        *,
        now: datetime,
        principal: Principal,
        settings: Settings,
        keys: Keys,
        reactions: Mapping[type[Fact], Sequence[str]],
    ) -> None:
        self._connection = connection
        self._reactions = reactions
        self.now = now
        self.principal = principal
        self.settings = settings
        self.keys = keys

    async def execute(self, sql: str, *values: object) -> int:
        """Run a statement; how many rows it touched."""
        status = await self._connection.execute(sql, *values)
        tail = status.rsplit(" ", 1)[-1]
        return int(tail) if tail.isdigit() else 0

    async def one(self, sql: str, *values: object) -> Row | None:
        return await self._connection.fetchrow(sql, *values)

    async def all(self, sql: str, *values: object) -> list[Row]:
        return await self._connection.fetch(sql, *values)

    async def value(self, sql: str, *values: object) -> Any:
        return await self._connection.fetchval(sql, *values)

    async def copy(
        self, schema: str, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        """Load many rows at once (COPY): for bulk work, where no answer per row is needed."""
        await self._connection.copy_records_to_table(
            table, schema_name=schema, columns=list(columns), records=rows
        )

    async def load(self, table: str, columns: Sequence[str], text: bytes) -> None:
        """Load rows in the text format of COPY into a table that is under row-level policies.

        PostgreSQL refuses COPY FROM there, so the rows pass through a temporary table: the
        policies judge them at the INSERT, and no right beyond the app's own is needed.
        """
        listed = ", ".join(columns)
        await self.execute(
            f"CREATE TEMP TABLE loading ON COMMIT DROP AS SELECT {listed} FROM {table} WITH NO DATA"
        )
        await self._connection.copy_to_table("loading", source=BytesIO(text), columns=list(columns))
        await self.execute(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM loading")
        await self.execute("DROP TABLE loading")

    async def record(self, fact: Fact) -> UUID:
        """Append a fact to the log and start the reactions to it. Its id."""
        fact_id = random_id()
        await self.execute(
            """INSERT INTO storage.fact (id, at, kind, subscription_id, billing_account_id, body)
               VALUES ($1, $2, $3, $4, $5, $6::jsonb)""",
            fact_id,
            self.now,
            kind_of(fact),
            fact.subscription,
            fact.billing_account,
            msgspec.json.encode(fact).decode(),
        )
        for reaction in self._reactions.get(type(fact), ()):
            moment = self.now.isoformat()
            await self.defer("react", {"fact": str(fact_id), "at": moment, "reaction": reaction})
        return fact_id

    async def defer(
        self,
        task: str,
        arguments: Mapping[str, object],
        *,
        at: datetime | None = None,
        queue: str = "default",
        priority: int = 0,
    ) -> None:
        """Start a job when this transaction commits, and only then. Ids only, never secrets."""
        body = msgspec.json.encode(arguments).decode()
        await self.execute(_DEFER, queue, task, priority, body, at)

    async def begin_operation(
        self, operation: OperationId, action: str, content: bytes
    ) -> Any | None:
        """Claim an operation id. None when it is new; the stored answer when it is a repeat.

        A repeat that is still under way is waited for: the insert blocks on the first one's row.
        Refuses with OperationReused when the same id comes with another content digest.
        """
        claimed = await self.value(
            """INSERT INTO storage.operation (id, action, content, made_at)
               VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING RETURNING id""",
            operation,
            action,
            content,
            self.now,
        )
        if claimed is not None:
            return None
        known = await self.one(
            "SELECT action, content, answer FROM storage.operation WHERE id = $1", operation
        )
        if known is None or known["content"] != content or known["action"] != action:
            raise OperationReused
        return msgspec.json.decode(known["answer"] or "{}")

    async def end_operation(self, operation: OperationId, answer: object) -> None:
        """Keep the answer that a repeat will get. No secrets in it: it is stored as it is."""
        await self.execute(
            "UPDATE storage.operation SET answer = $2::jsonb WHERE id = $1",
            operation,
            msgspec.json.encode(answer).decode(),
        )


def reaction_operation(fact_id: UUID, reaction: str) -> OperationId:
    """The operation id of a reaction: however often its job runs, it happens once."""
    return OperationId(uuid5(fact_id, reaction))


async def recorded_fact(tx: Transaction, fact_id: UUID, at: datetime) -> RecordedFact:
    """A fact of the log, as its own type again. LookupError when there is none."""
    row = await tx.one("SELECT kind, body FROM storage.fact WHERE id = $1 AND at = $2", fact_id, at)
    if row is None:
        raise LookupError(f"no fact {fact_id}")
    return RecordedFact(fact_id, at, msgspec.json.decode(row["body"], type=type_of(row["kind"])))


async def ensure_months(tx: Transaction, *, first: datetime, last: datetime) -> None:
    """Make the partitions of these months where they are missing."""
    for table in PARTITIONED:
        await tx.value(
            "SELECT storage.ensure_months($1::text::regclass, $2, $3)",
            table,
            first.date(),
            last.date(),
        )
