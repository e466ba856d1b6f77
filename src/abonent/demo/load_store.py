"""All SQL of the load itself: how far it is, and until when the demo's people have lived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from abonent.demo.rows import COLUMNS
from abonent.storage import Transaction


async def begin(tx: Transaction) -> datetime:
    """The moment at which the loaded history ends: now, or when the first load began."""
    await tx.execute(
        """INSERT INTO demo.state (loaded_at, lived_until) VALUES ($1, $1)
           ON CONFLICT (one) DO NOTHING""",
        tx.now,
    )
    loaded_at: datetime = await tx.value("SELECT loaded_at FROM demo.state")
    return loaded_at


async def pieces(tx: Transaction) -> list[tuple[int, int]]:
    """The pieces that are loaded: first and last index."""
    rows = await tx.all("SELECT first_index, last_index FROM demo.piece ORDER BY first_index")
    return [(row["first_index"], row["last_index"]) for row in rows]


async def load_piece(tx: Transaction, first: int, last: int, texts: Mapping[str, bytes]) -> None:
    """Write a piece and that it is there, in one transaction: broken off, nothing of it remains."""
    taken = await tx.value(
        """INSERT INTO demo.piece (first_index, last_index) VALUES ($1, $2)
           ON CONFLICT (first_index) DO NOTHING RETURNING true""",
        first,
        last,
    )
    if taken is None:
        return
    # A piece that a power cut takes back is loaded again: no need to wait for the disk.
    await tx.execute("SET LOCAL synchronous_commit = off")
    for table, columns in COLUMNS.items():
        if text := texts.get(table):
            await tx.load(table, columns.split(), text)


async def cast_equipped(tx: Transaction) -> bool:
    """Whether the named people have had their passwords and links."""
    return bool(await tx.value("SELECT cast_equipped FROM demo.state"))


async def set_cast_equipped(tx: Transaction) -> bool:
    """Note it. False when somebody else was first."""
    return (
        await tx.execute("UPDATE demo.state SET cast_equipped = true WHERE NOT cast_equipped") > 0
    )


async def population(tx: Transaction) -> int:
    """The highest index that is loaded; 0 when nobody is."""
    highest: int = await tx.value("SELECT coalesce(max(last_index), 0) FROM demo.piece")
    return highest


async def lived_until(tx: Transaction) -> datetime | None:
    """Until when the people have lived. None: nobody is loaded."""
    moment: datetime | None = await tx.value("SELECT lived_until FROM demo.state")
    return moment


async def set_lived_until(tx: Transaction, moment: datetime) -> None:
    await tx.execute("UPDATE demo.state SET lived_until = greatest(lived_until, $1)", moment)
