"""All SQL of the ledger. A posting is one call of `ledger.post`: check and change in one UPDATE."""

from __future__ import annotations

from datetime import datetime

from abonent.kit import Amount, Asset, BillingAccountId
from abonent.ledger.model import Balance, Entry, Posting
from abonent.storage import Row, Transaction

_POST = """
SELECT balance_after, missing
  FROM ledger.post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
"""


async def open_account(
    tx: Transaction, billing_account: BillingAccountId, credit_limit: Amount
) -> None:
    await tx.execute(
        """INSERT INTO ledger.account (billing_account_id, asset, credit_limit, changed_at)
           VALUES ($1, $2, $3, $4)""",
        billing_account,
        credit_limit.asset,
        credit_limit.units,
        tx.now,
    )


async def post(tx: Transaction, posting: Posting) -> tuple[int | None, int | None]:
    """Balance after, or None and what is missing."""
    code, version = posting.offer or (None, None)
    row = await tx.one(
        _POST,
        posting.operation,
        posting.content(),
        tx.now,
        posting.on,
        posting.billing_account,
        posting.subscription,
        posting.amount.asset,
        posting.source,
        posting.target,
        posting.amount.units,
        posting.category,
        posting.occurred_at,
        posting.forced_reason,
        posting.reason_if_short,
        code,
        version,
        posting.tax_rate_bp,
    )
    assert row is not None
    return row["balance_after"], row["missing"]


async def balance(
    tx: Transaction, billing_account: BillingAccountId, asset: Asset, *, lock: bool = False
) -> Balance | None:
    """The balance now; None when there is no such account. `lock` holds it still until the end."""
    row = await tx.one(
        f"""SELECT balance, balance + credit_limit - reserved AS available, reserved, debt,
                   changed_at
              FROM ledger.account WHERE billing_account_id = $1 AND asset = $2
            {"FOR UPDATE" if lock else ""}""",
        billing_account,
        asset,
    )
    if row is None:
        return None
    return Balance(
        balance=Amount(row["balance"], asset),
        available=Amount(row["available"], asset),
        reserved=Amount(row["reserved"], asset),
        debt=Amount(row["debt"], asset),
        changed_at=row["changed_at"],
    )


async def entries(
    tx: Transaction, billing_account: BillingAccountId, since: datetime, until: datetime
) -> list[Entry]:
    """The entries posted in [since, until), in the order of posting."""
    rows = await tx.all(
        """SELECT id, operation_id, billing_account_id, subscription_id, posted_at, occurred_at,
                  asset, source, target, units, category, forced_reason, offer_code,
                  offer_version, tax_rate_bp
             FROM ledger.entry
            WHERE billing_account_id = $1 AND posted_at >= $2 AND posted_at < $3
            ORDER BY posted_at, id""",
        billing_account,
        since,
        until,
    )
    return [_entry(row) for row in rows]


def _entry(row: Row) -> Entry:
    code, version = row["offer_code"], row["offer_version"]
    return Entry(
        id=row["id"],
        operation=row["operation_id"],
        billing_account=row["billing_account_id"],
        subscription=row["subscription_id"],
        posted_at=row["posted_at"],
        occurred_at=row["occurred_at"],
        source=row["source"],
        target=row["target"],
        amount=Amount(row["units"], row["asset"]),
        category=row["category"],
        forced_reason=row["forced_reason"],
        offer=(code, version) if code is not None else None,
        tax_rate_bp=row["tax_rate_bp"],
    )
