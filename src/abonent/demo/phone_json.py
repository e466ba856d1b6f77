"""The drawn phone for scripts and tests: its messages and its dialogues as JSON.

These addresses exist only in the demo, and only they carry a whole number in the address.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromQuery, JSONBody
from msgspec import Meta

from abonent.demo import phone
from abonent.faces import Db, number_of, ussd

Asked = Request[Any, Any, Any]

USSD_TEXT_MAX = 182
"""The longest USSD string: 160 octets of the GSM 7-bit alphabet (3GPP TS 23.038)."""


class SmsSent(msgspec.Struct, frozen=True):
    """An SMS from the phone to the operator."""

    msisdn: Annotated[str, Meta(max_length=64)]
    text: Annotated[str, Meta(max_length=1600)]


class Dialled(msgspec.Struct, frozen=True):
    """A code, or with `dialogue` the answer to its last screen."""

    msisdn: Annotated[str, Meta(max_length=64)]
    text: Annotated[str, Meta(max_length=USSD_TEXT_MAX)]
    dialogue: UUID | None = None


class Sms(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    at: datetime
    sender: str
    text: str


class Inbox(msgspec.Struct, frozen=True):
    """The newest first."""

    items: list[Sms]


class Shown(msgspec.Struct, frozen=True):
    """A screen; after `ends` there is nothing to answer."""

    dialogue: UUID
    text: str
    ends: bool


@get("/demo/messages", opt={"tier": "open"})
async def messages(db: Db, msisdn: FromQuery[str] = "") -> Inbox:
    """The last SMS that a phone received."""
    found = await phone.received(db, number_of(db, msisdn))
    return Inbox([Sms(sms.at, sms.sender, sms.text) for sms in found])


@post("/demo/messages", opt={"tier": "open"}, status_code=202)
async def send_message(request: Asked, data: JSONBody[SmsSent], db: Db) -> dict[str, str]:
    """Send an SMS to the operator; the answer appears among the messages."""
    msisdn = number_of(db, data.msisdn)
    await phone.send_sms(db, request.app.state.words, msisdn=msisdn, text=data.text)
    return {}


@post("/demo/ussd", opt={"tier": "open"}, status_code=200)
async def dial(request: Asked, data: JSONBody[Dialled], db: Db) -> Shown:
    """Dial a code or answer a screen."""
    reply = await ussd.request(
        db,
        request.app.state.words,
        link="demo",
        msisdn=number_of(db, data.msisdn),
        text=data.text,
        dialogue=data.dialogue,
    )
    return Shown(reply.dialogue, reply.text, reply.ends)
