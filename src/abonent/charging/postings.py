"""The postings that charging makes, as pure functions: actions and bulk loads say the same."""

from __future__ import annotations

from datetime import date, datetime

from abonent.catalog import Offer
from abonent.charging.model import UsageRecord
from abonent.kit import Amount, BillingAccountId, OperationId, SubscriptionId, operation_id
from abonent.ledger import Posting

LATE_USAGE = "late usage"


def fee_posting(
    operation: OperationId,
    account: BillingAccountId,
    subscription: SubscriptionId,
    offer: Offer,
    *,
    posted_on: date,
    occurred_at: datetime,
) -> Posting:
    """The fee of a period, authorised: without money there is no period."""
    return Posting(
        operation=operation,
        billing_account=account,
        subscription=subscription,
        on=posted_on,
        source="customer",
        target="revenue",
        amount=offer.fee,
        category="fee",
        occurred_at=occurred_at,
        offer=(offer.code, offer.version),
        tax_rate_bp=offer.tax_rate_bp,
    )


def usage_posting(
    record: UsageRecord,
    account: BillingAccountId,
    offer: Offer,
    charged_units: int,
    *,
    posted_on: date,
) -> Posting:
    """The cost of usage that happened: taken from the money, or shown as debt."""
    return Posting(
        operation=operation_id(record.source, "charging.record_usage", record.source_id),
        billing_account=account,
        subscription=record.subscription,
        on=posted_on,
        source="customer",
        target="revenue",
        amount=Amount(charged_units, offer.fee.asset),
        category="usage",
        occurred_at=record.usage.occurred_at,
        reason_if_short=LATE_USAGE,
        offer=(offer.code, offer.version),
        tax_rate_bp=offer.tax_rate_bp,
    )
