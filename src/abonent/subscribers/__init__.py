"""Who is who: party 1-n billing account (the money) 1-n subscription (a number in use).

A number (MSISDN) and a SIM (IMSI) are held over intervals and are never an identity: numbers are
sold again, carried over, given a new SIM. The room promises that at one moment a number has at most
one holder, and that the contact of messaging follows each change of number or language.
"""

from abonent.subscribers.actions import (
    choose_language,
    open_billing_account,
    open_subscription,
)
from abonent.subscribers.model import (
    BillingAccount,
    DeviceKind,
    NumberTaken,
    Status,
    Subscription,
)
from abonent.subscribers.store import holder_at, subscription, subscription_by_msisdn

__all__ = [
    "BillingAccount",
    "DeviceKind",
    "NumberTaken",
    "Status",
    "Subscription",
    "choose_language",
    "holder_at",
    "open_billing_account",
    "open_subscription",
    "subscription",
    "subscription_by_msisdn",
]
