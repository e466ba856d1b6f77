"""The money: immutable entries from a source to a target, and the balance they add up to.

The room promises that a balance always equals the sum of its entries, that an operation moves money
once however often it comes, and that an authorised posting never goes below the floor (balance +
credit limit - reserved >= 0). Only a forced posting does, with its reason, and then the debt shows.
"""

from abonent.ledger.actions import open_account, post
from abonent.ledger.model import (
    Balance,
    Category,
    Entry,
    NotEnough,
    Posting,
    Side,
)
from abonent.ledger.store import balance, entries

__all__ = [
    "Balance",
    "Category",
    "Entry",
    "NotEnough",
    "Posting",
    "Side",
    "balance",
    "entries",
    "open_account",
    "post",
]
