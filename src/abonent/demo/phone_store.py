"""All SQL of the drawn phones: what each of them has received."""

from __future__ import annotations

from uuid import UUID

from abonent.kit import Msisdn
from abonent.storage import Row, Transaction


async def put(tx: Transaction, message: UUID, msisdn: Msisdn, sender: str, sealed: bytes) -> None:
    """Keep an SMS. One that came already stays as it is: links deliver at least once."""
    await tx.execute(
        """INSERT INTO demo.received (id, msisdn, at, sender, body) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (id) DO NOTHING""",
        message,
        int(msisdn.digits),
        tx.now,
        sender,
        sealed,
    )


async def newest(tx: Transaction, msisdn: Msisdn, limit: int) -> list[Row]:
    return await tx.all(
        """SELECT id, at, sender, body FROM demo.received
            WHERE msisdn = $1 ORDER BY at DESC, id LIMIT $2""",
        int(msisdn.digits),
        limit,
    )
