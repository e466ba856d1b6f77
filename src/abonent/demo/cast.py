"""What only the named people have: passwords to sign in with, and Anna's second number.

It is given once. A password that somebody sets later, or a link that is cut, stays as it is.
"""

from __future__ import annotations

from abonent import access
from abonent.demo import load_store
from abonent.kit import BillingAccountId, Secret, SubscriptionId
from abonent.storage import Database, Transaction

PASSWORDS = {1: "anna2026", 3: "boris2026", 5: "modem2026"}
"""By index. Vera (4) has none yet, and the tablet (2) belongs to Anna."""

_TABLET = access.Link(
    owner=SubscriptionId(1),
    owner_account=BillingAccountId(1),
    target=SubscriptionId(2),
    target_account=BillingAccountId(1),
    role="full",
    made_by="grant",
    name="Планшет",
    proven=True,
)


async def equip_cast(db: Database) -> None:
    """Give the cast what is theirs, unless they have had it. Busy when too much is being hashed."""
    if await db.run(load_store.cast_equipped):
        return
    hashes = {
        index: await access.hash_password(db, Secret(password))
        for index, password in PASSWORDS.items()
    }
    await db.run(_equip, hashes=hashes)


async def _equip(tx: Transaction, *, hashes: dict[int, str]) -> None:
    if not await load_store.set_cast_equipped(tx):
        return
    for index, hashed in hashes.items():
        # All of them are the first of their households, whose index is the account's.
        await access.set_initial_password(
            tx,
            subscription=SubscriptionId(index),
            billing_account=BillingAccountId(index),
            hash=hashed,
        )
    await access.link_numbers(tx, link=_TABLET)
