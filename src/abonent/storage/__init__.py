"""PostgreSQL, and nothing else knows of it: transactions, operations, facts, jobs, migrations.

`await db.run(action, ...)` opens one transaction, gives it to the action as `tx`, commits or rolls
back, and tries again, bounded, when the database asks for it. `tx.now` is the only clock of the
rooms. What runs outside transactions (hashing, network) is called between them.
"""

from abonent.storage.bulk import finish_bulk_load, reserve_ids
from abonent.storage.database import UNAVAILABLE, Database, connect, connection_url, wall_clock
from abonent.storage.embedded import EmbeddedServer, ServerFailed, ServerNotFound, erase
from abonent.storage.facts import Fact, RecordedFact
from abonent.storage.jobs import Job, Schedule, run_jobs
from abonent.storage.keyfile import load_keys
from abonent.storage.principal import Principal
from abonent.storage.reach import Unusable
from abonent.storage.schema import migrate
from abonent.storage.transaction import (
    Row,
    Transaction,
    ensure_months,
    reaction_operation,
    recorded_fact,
)

__all__ = [
    "UNAVAILABLE",
    "Database",
    "EmbeddedServer",
    "Fact",
    "Job",
    "Principal",
    "RecordedFact",
    "Row",
    "Schedule",
    "ServerFailed",
    "ServerNotFound",
    "Transaction",
    "Unusable",
    "connect",
    "connection_url",
    "ensure_months",
    "erase",
    "finish_bulk_load",
    "load_keys",
    "migrate",
    "reaction_operation",
    "recorded_fact",
    "reserve_ids",
    "run_jobs",
    "wall_clock",
]
