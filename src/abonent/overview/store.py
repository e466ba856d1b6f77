"""One statement for a screen: the functions of the schema `overview`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from abonent.access import SignedOut
from abonent.kit import BillingAccountId, Secret, SubscriptionId, token_digest
from abonent.overview.model import SPENDING_DAYS, Home, NotYours
from abonent.storage import Database, Transaction

_decode = msgspec.json.Decoder(Home).decode
_DENIED = '{"allowed" : false}'


async def home(db: Database, *, token: Secret, number: SubscriptionId | None = None) -> Home:
    """Home of the session's own number, or of a linked one.

    Refuses with SignedOut, and with NotYours for a number the session has no right to.
    """
    now = db.clock()
    found = await db.value(
        "SELECT overview.home($1, $2, $3, $4, $5)",
        token_digest(token.reveal()),
        number,
        now,
        timedelta(seconds=db.settings.limits.session_idle_seconds),
        _spent_since(now, db.settings.operator.time_zone),
    )
    if found is None:
        raise SignedOut
    if found == _DENIED:
        raise NotYours
    return _decode(found)


async def figures(
    tx: Transaction, *, subscription: SubscriptionId, billing_account: BillingAccountId
) -> Home:
    """The same figures for a number that its network link has shown to be the caller's."""
    found = await tx.value(
        "SELECT overview.figures($1, $2, 1::smallint, $3, $4)",
        billing_account,
        subscription,
        tx.now,
        _spent_since(tx.now, tx.settings.operator.time_zone),
    )
    if found is None:
        raise NotYours
    return _decode(found)


def _spent_since(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date() - timedelta(days=SPENDING_DAYS)
