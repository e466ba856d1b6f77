"""The drawn phones: what stands in for the handset, its SIM and the SMS centre in the demo.

A message that a real link would submit is put here, sealed, because a code is a secret on this side
too; it is opened only to be shown on its phone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abonent.demo import phone_store
from abonent.faces import ussd
from abonent.kit import Msisdn, random_id
from abonent.messaging import Message
from abonent.storage import Database, Principal
from abonent.wording import Words

_DEMO = Principal.system("demo")


@dataclass(frozen=True, slots=True)
class Received:
    """An SMS on a phone. `sender` is the operator's name as SMS carry it."""

    at: datetime
    sender: str
    text: str


async def deliver(db: Database, message: Message, text: str) -> None:
    """Put a message of the outbox on its phone: the demo's link for SMS."""
    await _put(db, message.id, message.msisdn, text)


async def received(db: Database, msisdn: Msisdn, limit: int = 20) -> list[Received]:
    """What this phone has received, the newest first."""
    rows = await db.acting(_DEMO).run(phone_store.newest, msisdn, limit)
    return [
        Received(row["at"], row["sender"], db.keys.open(row["body"], _context(row["id"])))
        for row in rows
    ]


async def send_sms(db: Database, words: Mapping[str, Words], *, msisdn: Msisdn, text: str) -> None:
    """Send an SMS from the phone to the operator; the answer comes back as an SMS."""
    answer = await ussd.incoming_sms(db, words, link="sms", msisdn=msisdn, text=text)
    await _put(db, random_id(), msisdn, answer)


async def _put(db: Database, message: UUID, msisdn: Msisdn, text: str) -> None:
    sealed = db.keys.seal(text, _context(message))
    sender = db.settings.operator.sms_sender
    await db.acting(_DEMO).run(phone_store.put, message, msisdn, sender, sealed)


def _context(message: UUID) -> str:
    return f"demo:{message}"
