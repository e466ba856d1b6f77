"""Verbs of a number's life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from abonent import audit, catalog, charging, ledger, messaging, subscribers
from abonent.kit import (
    Amount,
    BillingAccountId,
    Msisdn,
    OperationId,
    SubscriptionId,
    operation_id,
)
from abonent.lifecycle.facts import NumberOpened
from abonent.storage import Transaction


@dataclass(frozen=True, slots=True)
class NewNumber:
    """What is sold: a number on a SIM with a tariff. Without `account` a new one is opened."""

    msisdn: Msisdn
    imsi: str
    tariff: str
    account_number: str
    time_zone: str
    account: BillingAccountId | None = None
    party_name: str | None = None
    name: str | None = None
    language: str = "ru"
    device_kind: subscribers.DeviceKind = "phone"
    first_top_up: Amount | None = None


async def open_number(
    tx: Transaction, *, operation: OperationId, number: NewNumber, on: date
) -> SubscriptionId:
    """Open a number: who is who, the account in the ledger, its plan with the first fee.

    Refuses with NumberTaken, and with NotEnough when the first top-up does not pay the first fee.
    A repeat of the operation gives the same subscription.
    """
    content = tx.keys.digest("lifecycle.open", number.msisdn.e164, number.imsi, number.tariff)
    known = await tx.begin_operation(operation, "lifecycle.open", content)
    if known is not None:
        return SubscriptionId(known["subscription"])
    offer = await catalog.offer(tx, number.tariff)
    account = number.account
    if account is None:
        opened = subscribers.BillingAccount(
            number.account_number, number.time_zone, party_name=number.party_name
        )
        account = await subscribers.open_billing_account(tx, account=opened)
        await ledger.open_account(tx, billing_account=account, asset=offer.fee.asset)
    subscription = await subscribers.open_subscription(
        tx,
        account=account,
        msisdn=number.msisdn,
        imsi=number.imsi,
        tariff=(offer.code, offer.version),
        language=number.language,
        name=number.name,
        device_kind=number.device_kind,
    )
    if number.first_top_up:
        await ledger.post(
            tx,
            _first_top_up(tx, operation, account, subscription, number.first_top_up, on),
        )
    await charging.start_plan(
        tx,
        operation=_part(operation, "plan"),
        subscription=subscription,
        offer=(offer.code, offer.version),
        on=on,
    )
    await tx.record(NumberOpened(subscription=subscription, billing_account=account))
    event = audit.Event("lifecycle.open", "system", tx.principal.name, subscription, account)
    await audit.note(tx, event=event)
    await tx.end_operation(operation, {"subscription": subscription})
    return subscription


async def send_welcome(tx: Transaction, *, operation: OperationId, opened: NumberOpened) -> None:
    """Tell a new subscriber how to set a password. Once, however often the job runs."""
    if await tx.begin_operation(operation, "lifecycle.welcome", b"") is not None:
        return
    welcome = messaging.Outgoing(opened.subscription, opened.billing_account, "sms.welcome")
    await messaging.queue_message(tx, message=welcome)
    await tx.end_operation(operation, {})


def _first_top_up(
    tx: Transaction,
    operation: OperationId,
    account: BillingAccountId,
    subscription: SubscriptionId,
    amount: Amount,
    on: date,
) -> ledger.Posting:
    return ledger.Posting(
        operation=_part(operation, "top-up"),
        billing_account=account,
        subscription=subscription,
        on=on,
        source="world",
        target="customer",
        amount=amount,
        category="top_up",
        occurred_at=tx.now,
    )


def _part(operation: OperationId, part: str) -> OperationId:
    """The id of one movement of money inside an operation."""
    return operation_id(str(operation), part, "")
