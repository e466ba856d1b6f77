"""What the worker does: submit messages, react to facts, seal the audit trail, clean up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from abonent import access, audit, charging, dialogue, ledger, messaging
from abonent.faces.jobs.messages import render
from abonent.storage import Database, Job, RecordedFact, Schedule, ensure_months, recorded_fact
from abonent.wording import Words

Deliver = Callable[[Database, messaging.Message, str], Awaitable[None]]
React = Callable[[Database, RecordedFact], Awaitable[None]]

_MONTHS_AHEAD = timedelta(days=100)
_BATCH = 200


class NoLink(Exception):
    """There is no link to an SMSC: the message stays in the outbox until one is, or it expires."""


@dataclass(frozen=True)
class Tools:
    """What the jobs work with: the database, the words, the way out for SMS, the reactions."""

    db: Database
    words: Mapping[str, Words]
    deliver: Deliver | None = None
    reactions: Mapping[str, React] = field(default_factory=dict)


def jobs(tools: Tools) -> list[Job]:
    """The kinds of jobs that transactions start."""

    async def submit_message(message: str) -> None:
        await submit(tools, UUID(message))

    async def react(fact: str, at: str, reaction: str) -> None:
        found = await tools.db.run(recorded_fact, UUID(fact), datetime.fromisoformat(at))
        await tools.reactions[reaction](tools.db, found)

    return [Job("submit_message", submit_message), Job("react", react)]


def schedules(tools: Tools) -> list[Schedule]:
    """Work that the clock starts. A sixth field, the last, is seconds."""

    async def renew() -> None:
        await renew_plans(tools.db)

    async def seal() -> None:
        await tools.db.run(audit.seal_events)

    async def expire() -> None:
        await tools.db.run(messaging.expire_messages)

    async def forget() -> None:
        await tools.db.run(access.forget_old)
        await tools.db.run(dialogue.forget_old)

    async def months() -> None:
        now = tools.db.clock()
        await tools.db.run(ensure_months, first=now, last=now + _MONTHS_AHEAD)

    return [
        Schedule("renew_plans", "*/10 * * * *", renew),
        Schedule("seal_audit", "* * * * * */5", seal),
        Schedule("expire_messages", "* * * * *", expire),
        Schedule("forget_old", "17 * * * *", forget),
        Schedule("make_partitions", "23 4 * * *", months),
    ]


async def renew_plans(db: Database) -> int:
    """Take the fees that are due and fill the packets. How many plans were renewed.

    One transaction for each: whoever cannot pay stays due and is tried again the next time. The
    zone of an account may be ahead of ours, so tomorrow is asked for too; `renew` knows its day.
    """
    renewed, after = 0, None
    until = (db.clock() + timedelta(days=1)).date()
    while batch := await db.run(charging.due, until, limit=_BATCH, after=after):
        for due in batch:
            try:
                plan = await db.run(
                    charging.renew,
                    billing_account=due.billing_account,
                    subscription=due.subscription,
                    offer=due.offer,
                    on=due.on,
                )
            except ledger.NotEnough:
                continue
            renewed += plan is not None
        after = batch[-1]
    return renewed


async def submit(tools: Tools, message: UUID) -> None:
    """Take a message out of the outbox, put it into words, hand it to the link."""
    if tools.deliver is None:
        raise NoLink
    taken = await tools.db.run(messaging.take_message, message=message)
    if taken is None:
        return
    words = tools.words.get(taken.language) or next(iter(tools.words.values()))
    await tools.deliver(tools.db, taken, render(words, taken, tools.db.clock()))
