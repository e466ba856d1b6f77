"""What is forgotten with time: nothing about attempts and sign-ins is kept for its own sake."""

from __future__ import annotations

from datetime import timedelta

from abonent.access.limits import MONTH
from abonent.access.store import attempts, flows, sessions
from abonent.storage import Transaction

_FLOWS = timedelta(days=1)
_SENDS = timedelta(days=2)
_SESSIONS = timedelta(days=90)
_DEVICES = timedelta(days=1)


async def forget_old(tx: Transaction) -> None:
    """Drop attempts after 30 days (the longest limit), flows a day after they end, sends after 2
    days, sessions 90 days after they end, devices that nothing hangs on."""
    await attempts.forget_before(tx, tx.now - MONTH)
    await flows.forget_before(tx, flows=tx.now - _FLOWS, sends=tx.now - _SENDS)
    await sessions.forget_before(tx, sessions=tx.now - _SESSIONS, devices=tx.now - _DEVICES)
