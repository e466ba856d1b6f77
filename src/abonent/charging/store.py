"""All SQL of charging."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from abonent.catalog import Allowance
from abonent.charging.model import Bucket, Due, Plan, Rated, UsageRecord
from abonent.kit import Amount, BillingAccountId, SubscriptionId
from abonent.storage import Row, Transaction


async def buckets(
    tx: Transaction,
    account: BillingAccountId,
    subscription: SubscriptionId,
    at: datetime,
    *,
    lock: bool = False,
) -> list[Bucket]:
    """The buckets valid at a moment, by id. `lock` holds them until the transaction ends."""
    rows = await tx.all(
        f"""SELECT id, offer_code, offer_version, unit, scope, total, remaining, valid_from,
                   valid_until
              FROM charging.bucket
             WHERE billing_account_id = $1 AND subscription_id = $2
               AND valid_from <= $3 AND valid_until > $3
             ORDER BY id {"FOR UPDATE" if lock else ""}""",
        account,
        subscription,
        at,
    )
    return [_bucket(row) for row in rows]


async def add_buckets(
    tx: Transaction,
    plan: tuple[BillingAccountId, SubscriptionId, str, int],
    allowances: Sequence[Allowance],
    valid_from: datetime,
    valid_until: datetime,
) -> None:
    for allowance in allowances:
        await tx.execute(
            """INSERT INTO charging.bucket
                      (billing_account_id, subscription_id, offer_code, offer_version, unit, scope,
                       total, remaining, valid_from, valid_until, changed_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10)""",
            *plan,
            allowance.unit,
            allowance.scope,
            allowance.quantity,
            valid_from,
            valid_until,
            tx.now,
        )


async def take(
    tx: Transaction,
    account: BillingAccountId,
    subscription: SubscriptionId,
    taken: Sequence[tuple[int, int]],
) -> None:
    """Lessen the counted buckets. The table's CHECK is the second lock against going below 0."""
    await tx.execute(
        """UPDATE charging.bucket b SET remaining = b.remaining - t.quantity, changed_at = $5
             FROM unnest($3::bigint[], $4::bigint[]) AS t (id, quantity)
            WHERE b.billing_account_id = $1 AND b.subscription_id = $2 AND b.id = t.id""",
        account,
        subscription,
        [bucket for bucket, _ in taken],
        [quantity for _, quantity in taken],
        tx.now,
    )


async def add_usage(
    tx: Transaction, record: UsageRecord, account: BillingAccountId, rated: Rated
) -> bool:
    """Write a usage record down. False when it is there already."""
    usage = record.usage
    added = await tx.value(
        """INSERT INTO charging.usage
                  (occurred_at, source, source_id, billing_account_id, subscription_id, unit, scope,
                   quantity, from_buckets, charged_units, recorded_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
           ON CONFLICT (source, source_id, occurred_at) DO NOTHING RETURNING true""",
        usage.occurred_at,
        record.source,
        record.source_id,
        account,
        record.subscription,
        usage.unit,
        usage.scope,
        usage.quantity,
        rated.from_buckets,
        rated.charged_units,
        tx.now,
    )
    return added is not None


async def add_plan(tx: Transaction, plan: Plan) -> bool:
    """Let an offer recur. False when it does already."""
    added = await tx.value(
        """INSERT INTO charging.recurring
                  (billing_account_id, subscription_id, offer_code, offer_version, asset, fee_units,
                   anchor_day, next_on)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (billing_account_id, subscription_id, offer_code) DO NOTHING
           RETURNING true""",
        plan.billing_account,
        plan.subscription,
        plan.offer,
        plan.version,
        plan.fee.asset,
        plan.fee.units,
        plan.anchor_day,
        plan.next_on,
    )
    return added is not None


async def plan_locked(
    tx: Transaction, account: BillingAccountId, subscription: SubscriptionId, offer: str
) -> Plan | None:
    row = await tx.one(
        f"""{_PLAN} WHERE billing_account_id = $1 AND subscription_id = $2 AND offer_code = $3
            FOR UPDATE""",
        account,
        subscription,
        offer,
    )
    return _plan(row) if row else None


async def move_plan(tx: Transaction, plan: Plan, next_on: date) -> None:
    await tx.execute(
        """UPDATE charging.recurring SET next_on = $4
            WHERE billing_account_id = $1 AND subscription_id = $2 AND offer_code = $3""",
        plan.billing_account,
        plan.subscription,
        plan.offer,
        next_on,
    )


async def plans(
    tx: Transaction, account: BillingAccountId, subscription: SubscriptionId
) -> list[Plan]:
    """What recurs on a subscription, the nearest charge first."""
    rows = await tx.all(
        f"""{_PLAN} WHERE billing_account_id = $1 AND subscription_id = $2
             ORDER BY next_on, offer_code""",
        account,
        subscription,
    )
    return [_plan(row) for row in rows]


async def due(tx: Transaction, until: date, *, limit: int, after: Due | None = None) -> list[Due]:
    """Renewals due on or before a day, in a fixed order that `after` goes on from."""
    rows = await tx.all(
        """SELECT billing_account_id, subscription_id, offer_code, next_on FROM charging.recurring
            WHERE next_on <= $1 AND (next_on, subscription_id, offer_code) > ($2, $3, $4)
            ORDER BY next_on, subscription_id, offer_code LIMIT $5""",
        until,
        after.on if after else date.min,
        after.subscription if after else 0,
        after.offer if after else "",
        limit,
    )
    return [
        Due(row["billing_account_id"], row["subscription_id"], row["offer_code"], row["next_on"])
        for row in rows
    ]


_PLAN = """
SELECT billing_account_id, subscription_id, offer_code, offer_version, asset, fee_units, anchor_day,
       next_on
  FROM charging.recurring
"""


def _plan(row: Row) -> Plan:
    return Plan(
        billing_account=row["billing_account_id"],
        subscription=row["subscription_id"],
        offer=row["offer_code"],
        version=row["offer_version"],
        fee=Amount(row["fee_units"], row["asset"]),
        anchor_day=row["anchor_day"],
        next_on=row["next_on"],
    )


def _bucket(row: Row) -> Bucket:
    return Bucket(
        id=row["id"],
        offer=row["offer_code"],
        version=row["offer_version"],
        unit=row["unit"],
        scope=row["scope"],
        total=row["total"],
        remaining=row["remaining"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
    )
