"""Many postings at once from two processes' worth of connections."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from abonent import ledger
from abonent.kit import Amount, Keys
from abonent.settings import Settings
from abonent.storage import Principal, connect


async def _pay_at_once(wallets: list[Any], operations: list[Any]) -> int:
    """How many of the charges of one rouble went through."""

    async def pay(number: int) -> bool:
        try:
            await wallets[number % 2].move("-1.00", operations[number])
        except ledger.NotEnough:
            return False
        return True

    return sum(await asyncio.gather(*(pay(n) for n in range(len(operations)))))


async def test_a_hundred_charges_at_once_spend_thirty_roubles_thirty_times(
    wallet: Any, database_url: str, settings: Settings, keys: Keys
) -> None:
    # Seen red: without the floor in the UPDATE the table's CHECK broke the others off as bugs.
    other = await connect(database_url, settings, keys)
    second = type(wallet)(other.acting(Principal.system("test")))
    await wallet.move("30.00")

    passed = await _pay_at_once([wallet, second], [uuid4() for _ in range(100)])

    await other.close()
    assert passed == 30
    assert (await wallet.now()).balance == Amount.of("0", "BYN")
    assert len(await wallet.entries()) == 31


async def test_one_operation_sent_fifty_times_at_once_is_made_once(
    wallet: Any, database_url: str, settings: Settings, keys: Keys
) -> None:
    other = await connect(database_url, settings, keys)
    second = type(wallet)(other.acting(Principal.system("test")))
    await wallet.move("30.00")

    assert await _pay_at_once([wallet, second], [uuid4()] * 50) == 50

    await other.close()
    assert (await wallet.now()).balance == Amount.of("29.00", "BYN")
