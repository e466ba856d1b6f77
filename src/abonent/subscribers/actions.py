"""Changes of who is who."""

from __future__ import annotations

from abonent import messaging
from abonent.kit import BillingAccountId, Msisdn, SubscriptionId
from abonent.storage import Transaction
from abonent.subscribers import store
from abonent.subscribers.model import BillingAccount, DeviceKind, NumberTaken


async def open_billing_account(tx: Transaction, *, account: BillingAccount) -> BillingAccountId:
    """Open a лицевой счёт for a new party."""
    return await store.add_party_and_account(tx, account)


async def open_subscription(
    tx: Transaction,
    *,
    account: BillingAccountId,
    msisdn: Msisdn,
    imsi: str,
    tariff: tuple[str, int],
    language: str = "ru",
    name: str | None = None,
    device_kind: DeviceKind = "phone",
) -> SubscriptionId:
    """Put a number into use on a billing account. Refuses with NumberTaken."""
    opened = await store.add_subscription(
        tx, account, language=language, tariff=tariff, name=name, device_kind=device_kind
    )
    if not await store.hold_msisdn(tx, account, opened, msisdn):
        raise NumberTaken
    if not await store.hold_imsi(tx, account, opened, imsi):
        raise NumberTaken
    await messaging.set_contact(
        tx, account=account, subscription=opened, msisdn=msisdn, language=language
    )
    return opened


async def choose_language(tx: Transaction, *, subscription: SubscriptionId, language: str) -> None:
    """The language of SMS and USSD from now on."""
    await store.set_language(tx, subscription, language)
    await messaging.set_language(tx, subscription=subscription, language=language)
