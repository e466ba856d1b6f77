"""Sends of codes: counted under the lock of number and address, before anything is sent.

Flows of one number are few an hour, its sends few a day in all flows together, and one address may
ask for few different numbers: nobody can make us send SMS without end, to one person or to many. A
number whose codes were guessed at too often gets none either. All of it holds for any number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from abonent.access import limits, origins
from abonent.access.limits import DAY, HOUR, MONTH
from abonent.access.model import Device, Origin, TooManyAttempts
from abonent.access.store import attempts, flows
from abonent.kit import Msisdn
from abonent.storage import Row, Transaction


@dataclass(frozen=True, slots=True)
class SendKeys:
    """What sends are counted by (keyed digests)."""

    number: bytes
    address: bytes


async def lock_sends(
    tx: Transaction, *, msisdn: Msisdn, origin: Origin, device: UUID | None
) -> SendKeys:
    """Count the sends of this number and address alone until the transaction ends."""
    keys = SendKeys(
        number=origins.number_key(tx.keys, msisdn),
        address=origins.address_key(tx.keys, tx.settings.limits, origin.address, device),
    )
    await attempts.lock(tx, origins.lock_numbers((keys.number, keys.address)))
    return keys


async def count_first_send(
    tx: Transaction, *, flow: UUID, msisdn: Msisdn, origin: Origin, device: Device | None
) -> None:
    """Count the first send of a flow, once however often it is asked. TooManyAttempts."""
    keys = await lock_sends(tx, msisdn=msisdn, origin=origin, device=device.id if device else None)
    sends = await flows.sends_of_number(tx, keys.number, tx.now - DAY)
    if any(send["flow_id"] == flow for send in sends):
        return
    firsts = [send["at"] for send in sends if send["first"]]
    wait = limits.window_wait(firsts, tx.settings.limits.flows_an_hour_max, HOUR, tx.now)
    await _count(tx, keys, sends, flow=flow, msisdn=msisdn, wait=wait)


async def count_send(tx: Transaction, keys: SendKeys, *, flow: UUID, msisdn: Msisdn) -> None:
    """Count one more send of a flow. TooManyAttempts."""
    sends = await flows.sends_of_number(tx, keys.number, tx.now - DAY)
    await _count(tx, keys, sends, flow=flow, msisdn=msisdn, wait=limits.NO_WAIT)


async def code_wait(tx: Transaction, msisdn: Msisdn) -> timedelta:
    """How long a number's codes may not be guessed at, across all its flows."""
    rules = tx.settings.limits
    most = max(rules.code_failures_a_day_max, rules.code_failures_a_month_max)
    budget = origins.code_budget_key(tx.keys, msisdn)
    failures = await attempts.failures_since(tx, "code", budget, tx.now - MONTH, most)
    return max(
        limits.window_wait(failures, rules.code_failures_a_day_max, DAY, tx.now),
        limits.window_wait(failures, rules.code_failures_a_month_max, MONTH, tx.now),
    )


async def _count(
    tx: Transaction,
    keys: SendKeys,
    sends: list[Row],
    *,
    flow: UUID,
    msisdn: Msisdn,
    wait: timedelta,
) -> None:
    rules = tx.settings.limits
    others = await flows.other_numbers_of_address(tx, keys.address, keys.number, tx.now - HOUR)
    instants = [send["at"] for send in sends]
    longest = max(
        wait,
        await code_wait(tx, msisdn),
        limits.window_wait(instants, rules.flows_a_day_max, DAY, tx.now),
        limits.window_wait(others, rules.flow_numbers_an_hour_per_address_max, HOUR, tx.now),
    )
    if longest > limits.NO_WAIT:
        raise TooManyAttempts(limits.whole_seconds(longest))
    await flows.add_send(tx, keys.number, keys.address, flow)
