"""What was used, what is left, what recurs: rating, buckets, plans.

The room promises that a usage record counts once, that the rating is one pure function (`rate`)
wherever a sum is computed, that no bucket goes below zero, and that the fee of a period is taken
exactly once. Usage is told after it happened, so it is never refused: what the balance does not
cover is posted all the same, says «late usage», and shows as debt. Whoever can ask before (a quota,
the demo) uses `quote_usage` first.
"""

from abonent.charging.actions import grant, quote_usage, record_usage, renew, start_plan
from abonent.charging.facts import PlanRenewed, UsageCharged
from abonent.charging.model import (
    Bucket,
    Due,
    Plan,
    PriceMissing,
    Rated,
    Usage,
    UsageRecord,
    local,
    midnight,
    next_date,
    renewal_id,
)
from abonent.charging.postings import fee_posting, usage_posting
from abonent.charging.rating import rate
from abonent.charging.store import buckets, due, plans

__all__ = [
    "Bucket",
    "Due",
    "Plan",
    "PlanRenewed",
    "PriceMissing",
    "Rated",
    "Usage",
    "UsageCharged",
    "UsageRecord",
    "buckets",
    "due",
    "fee_posting",
    "grant",
    "local",
    "midnight",
    "next_date",
    "plans",
    "quote_usage",
    "rate",
    "record_usage",
    "renew",
    "renewal_id",
    "start_plan",
    "usage_posting",
]
