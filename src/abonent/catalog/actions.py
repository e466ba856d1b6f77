"""Changes of what is sold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from abonent.catalog import store
from abonent.catalog.model import Offer
from abonent.storage import Transaction


async def publish(tx: Transaction, *, offers: Iterable[Offer]) -> list[Offer]:
    """Put offers on sale. Returns them as they stand now, each with its version.

    An offer whose newest version has the same terms keeps it; every other one gets the next.
    """
    published = []
    for wanted in offers:
        newest = await store.newest(tx, wanted.code)
        if newest is None or not newest.same_terms(wanted):
            newest = replace(wanted, version=newest.version + 1 if newest else 1)
            await store.add(tx, newest)
        published.append(newest)
    return published
