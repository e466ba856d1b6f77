"""Changes of the ledger: an account opened, money moved. Nothing else ever changes it."""

from __future__ import annotations

from abonent.kit import Amount, Asset, BillingAccountId
from abonent.ledger import store
from abonent.ledger.model import NotEnough, Posting
from abonent.storage import Transaction


async def open_account(
    tx: Transaction,
    *,
    billing_account: BillingAccountId,
    asset: Asset,
    credit_limit: Amount | None = None,
) -> None:
    """Open an empty account. Without a credit limit its floor is zero."""
    limit = credit_limit or Amount(0, asset)
    if limit.units < 0 or limit.asset != asset:
        raise ValueError("a credit limit is not below zero, and in the account's asset")
    await store.open_account(tx, billing_account, limit)


async def post(tx: Transaction, posting: Posting) -> Amount:
    """Move money once. The balance after it; of a repeat, the present balance.

    Refuses with NotEnough below the floor and with OperationReused when the operation's id already
    moved something else.
    """
    after, missing = await store.post(tx, posting)
    if after is None:
        raise NotEnough(Amount(missing or 0, posting.amount.asset))
    return Amount(after, posting.amount.asset)
