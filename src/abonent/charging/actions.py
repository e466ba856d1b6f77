"""Changes of charging. Locks are always taken in one order: plan or buckets, usage, account."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec

from abonent import catalog, ledger, subscribers
from abonent.charging import store
from abonent.charging.facts import PlanRenewed, UsageCharged
from abonent.charging.model import (
    Plan,
    Rated,
    UsageRecord,
    local,
    midnight,
    next_date,
    renewal_id,
)
from abonent.charging.postings import fee_posting, usage_posting
from abonent.charging.rating import rate
from abonent.kit import BillingAccountId, OperationId, SubscriptionId
from abonent.storage import Transaction


async def grant(
    tx: Transaction,
    *,
    subscription: SubscriptionId,
    offer: catalog.Offer,
    first_on: date,
    until_on: date,
) -> None:
    """Put the allowances of an offer into buckets for the local days [first_on, until_on)."""
    holder = await _holder(tx, subscription)
    await store.add_buckets(
        tx,
        (holder.billing_account, subscription, offer.code, offer.version),
        offer.allowances,
        midnight(first_on, holder.time_zone),
        midnight(until_on, holder.time_zone),
    )


async def start_plan(
    tx: Transaction,
    *,
    operation: OperationId,
    subscription: SubscriptionId,
    offer: tuple[str, int],
    on: date,
) -> Plan:
    """Begin a recurring offer (code, version): its first fee, its buckets, its next date.

    `on` becomes the anchor day. Starting it again changes nothing. Refuses with NotEnough and
    OfferUnknown.
    """
    terms = await catalog.offer(tx, *offer)
    holder = await _holder(tx, subscription)
    plan = Plan(
        billing_account=holder.billing_account,
        subscription=subscription,
        offer=terms.code,
        version=terms.version,
        fee=terms.fee,
        anchor_day=on.day,
        next_on=next_date(terms.period, on, on.day),
    )
    if not await store.add_plan(tx, plan):
        known = await store.plans(tx, holder.billing_account, subscription)
        return next(other for other in known if other.offer == terms.code)
    await _begin_period(tx, operation, plan, terms, on=on, time_zone=holder.time_zone)
    return plan


async def renew(
    tx: Transaction,
    *,
    billing_account: BillingAccountId,
    subscription: SubscriptionId,
    offer: str,
    on: date,
) -> Plan | None:
    """Take the fee of the period that begins `on` and fill the buckets. None when that is done.

    NotEnough leaves the plan due, on the same date. A period that is wholly over is never charged
    after the fact, since nothing was given in it: the plan moves on to the one that still runs.
    """
    plan = await store.plan_locked(tx, billing_account, subscription, offer)
    if plan is None or plan.next_on != on:
        return None
    terms = await catalog.offer(tx, plan.offer, plan.version)
    holder = await _holder(tx, subscription)
    today = local(tx.now, holder.time_zone).date()
    if today < on:
        return None
    next_on = next_date(terms.period, on, plan.anchor_day)
    while next_on <= today:
        on, next_on = next_on, next_date(terms.period, next_on, plan.anchor_day)
    plan = replace(plan, next_on=next_on)
    operation = renewal_id(subscription, offer, on)
    await _begin_period(tx, operation, plan, terms, on=on, time_zone=holder.time_zone)
    await store.move_plan(tx, plan, next_on)
    renewed = PlanRenewed(
        subscription=subscription,
        billing_account=billing_account,
        offer=plan.offer,
        version=plan.version,
        asset=terms.fee.asset,
        units=terms.fee.units,
        on=on,
        next_on=next_on,
    )
    await tx.record(renewed)
    return plan


async def quote_usage(tx: Transaction, *, record: UsageRecord) -> Rated:
    """What the usage would come to. Its buckets stay locked: recording it next costs the same."""
    rated, _ = await _rated(tx, record, await _holder(tx, record.subscription))
    return rated


async def record_usage(tx: Transaction, *, record: UsageRecord) -> Rated | None:
    """Count a usage record: rate it, take from the buckets, charge the rest. None for a repeat.

    Never refused: the usage has happened. What the balance does not cover is forced, for the reason
    "late usage", and becomes visible debt.
    """
    holder = await _holder(tx, record.subscription)
    account = holder.billing_account
    rated, terms = await _rated(tx, record, holder)
    if not await store.add_usage(tx, record, account, rated):
        return None
    if rated.taken:
        await store.take(tx, account, record.subscription, rated.taken)
    if rated.charged_units:
        today = local(tx.now, holder.time_zone).date()
        posting = usage_posting(record, account, terms, rated.charged_units, posted_on=today)
        await ledger.post(tx, posting)
        charged = UsageCharged(
            subscription=record.subscription,
            billing_account=account,
            unit=record.usage.unit,
            scope=record.usage.scope,
            asset=terms.fee.asset,
            units=rated.charged_units,
        )
        await tx.record(charged)
    return rated


async def _rated(
    tx: Transaction, record: UsageRecord, holder: subscribers.Subscription
) -> tuple[Rated, catalog.Offer]:
    terms = await catalog.offer(tx, holder.tariff, holder.tariff_version)
    usage = record.usage
    local_at = local(usage.occurred_at, holder.time_zone)
    usage = msgspec.structs.replace(usage, occurred_at=local_at)
    held = await store.buckets(tx, holder.billing_account, holder.id, usage.occurred_at, lock=True)
    return rate(usage, held, terms.prices), terms


async def _begin_period(
    tx: Transaction,
    operation: OperationId,
    plan: Plan,
    terms: catalog.Offer,
    *,
    on: date,
    time_zone: str,
) -> None:
    if terms.fee:
        posting = fee_posting(
            operation,
            plan.billing_account,
            plan.subscription,
            terms,
            posted_on=local(tx.now, time_zone).date(),
            occurred_at=midnight(on, time_zone),
        )
        await ledger.post(tx, posting)
    await store.add_buckets(
        tx,
        (plan.billing_account, plan.subscription, terms.code, terms.version),
        terms.allowances,
        midnight(on, time_zone),
        midnight(plan.next_on, time_zone),
    )


async def _holder(tx: Transaction, subscription: SubscriptionId) -> subscribers.Subscription:
    holder = await subscribers.subscription(tx, subscription)
    if holder is None:
        raise LookupError(f"no subscription {subscription}")
    return holder
