"""All SQL of who is who."""

from __future__ import annotations

from datetime import datetime

from abonent.kit import BillingAccountId, Msisdn, SubscriptionId
from abonent.storage import Row, Transaction
from abonent.subscribers.model import BillingAccount, Subscription

_SUBSCRIPTION = """
SELECT subscription_id, billing_account_id, status, language, tariff, tariff_version, time_zone,
       msisdn, name, device_kind
  FROM subscribers.published_subscription
"""


async def subscription(tx: Transaction, subscription: SubscriptionId) -> Subscription | None:
    row = await tx.one(f"{_SUBSCRIPTION} WHERE subscription_id = $1", subscription)
    return _subscription(row) if row else None


async def subscription_by_msisdn(tx: Transaction, msisdn: Msisdn) -> Subscription | None:
    """Who holds the number now. None for a number that is not ours or is not in use."""
    row = await tx.one(f"{_SUBSCRIPTION} WHERE msisdn = $1", int(msisdn.digits))
    return _subscription(row) if row else None


async def holder_at(tx: Transaction, msisdn: Msisdn, at: datetime) -> SubscriptionId | None:
    """Who held the number at a moment: usage that comes late belongs to its holder then."""
    found = await tx.value(
        """SELECT subscription_id FROM subscribers.msisdn_holding
            WHERE int8range(msisdn, msisdn, '[]') && int8range($1, $1, '[]')
              AND during @> $2::timestamptz""",
        int(msisdn.digits),
        at,
    )
    return SubscriptionId(found) if found is not None else None


async def add_party_and_account(tx: Transaction, account: BillingAccount) -> BillingAccountId:
    party = await tx.value(
        "INSERT INTO subscribers.party (kind, name) VALUES ('person', $1) RETURNING id",
        account.party_name,
    )
    added = await tx.value(
        """INSERT INTO subscribers.billing_account
                  (party_id, number, payment_mode, time_zone, opened_at)
           VALUES ($1, $2, $3, $4, $5) RETURNING id""",
        party,
        account.number,
        account.payment_mode,
        account.time_zone,
        tx.now,
    )
    return BillingAccountId(added)


async def add_subscription(
    tx: Transaction,
    account: BillingAccountId,
    *,
    language: str,
    tariff: tuple[str, int],
    name: str | None,
    device_kind: str,
) -> SubscriptionId:
    added = await tx.value(
        """INSERT INTO subscribers.subscription
                  (billing_account_id, status, name, device_kind, language, tariff, tariff_version,
                   opened_at)
           VALUES ($1, 'active', $2, $3, $4, $5, $6, $7) RETURNING id""",
        account,
        name,
        device_kind,
        language,
        *tariff,
        tx.now,
    )
    return SubscriptionId(added)


async def hold_msisdn(
    tx: Transaction, account: BillingAccountId, subscription: SubscriptionId, msisdn: Msisdn
) -> bool:
    """Start holding a number. False when somebody holds it now."""
    taken = await tx.value(
        """INSERT INTO subscribers.msisdn_holding
                  (msisdn, billing_account_id, subscription_id, during)
           SELECT $1, $2, $3, tstzrange($4, NULL)
            WHERE NOT EXISTS (SELECT 1 FROM subscribers.msisdn_holding h
                               WHERE h.msisdn = $1 AND upper_inf(h.during))
           RETURNING 1""",
        int(msisdn.digits),
        account,
        subscription,
        tx.now,
    )
    return taken is not None


async def hold_imsi(
    tx: Transaction, account: BillingAccountId, subscription: SubscriptionId, imsi: str
) -> bool:
    """Start using a SIM. False when it is in use now."""
    taken = await tx.value(
        """INSERT INTO subscribers.imsi_holding (imsi, billing_account_id, subscription_id, during)
           SELECT $1, $2, $3, tstzrange($4, NULL)
            WHERE NOT EXISTS (SELECT 1 FROM subscribers.imsi_holding h
                               WHERE h.imsi = $1 AND upper_inf(h.during))
           RETURNING 1""",
        int(imsi),
        account,
        subscription,
        tx.now,
    )
    return taken is not None


async def set_language(tx: Transaction, subscription: SubscriptionId, language: str) -> None:
    await tx.execute(
        "UPDATE subscribers.subscription SET language = $2 WHERE id = $1", subscription, language
    )


def _subscription(row: Row) -> Subscription:
    return Subscription(
        id=SubscriptionId(row["subscription_id"]),
        billing_account=BillingAccountId(row["billing_account_id"]),
        status=row["status"],
        language=row["language"],
        tariff=row["tariff"],
        tariff_version=row["tariff_version"],
        time_zone=row["time_zone"],
        msisdn=Msisdn(f"+{row['msisdn']}") if row["msisdn"] is not None else None,
        name=row["name"],
        device_kind=row["device_kind"],
    )
