"""The subscribers of whom the benches ask: drawn once, with passwords and sessions of their own.

They sign in as everybody does, through the door of access, with hashes at the real parameters.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import msgspec

from abonent import access, subscribers
from abonent.kit import Msisdn, Secret, SubscriptionId, token_digest
from abonent.storage import Database, Principal, Transaction

SIZE = 1000
_CAST = 5  # the named people of the demo have passwords already
_AT_ONCE = 4


class Sampled(msgspec.Struct, frozen=True):
    """One subscriber: the number as E.164, the password, the token of a live session."""

    subscription: int
    billing_account: int
    msisdn: str
    password: str
    token: str


async def draw(db: Database, *, of: int) -> list[Sampled]:
    """Draw the sample among the first `of` people of the demo, and sign everybody in."""
    db = db.acting(Principal.system("bench"))
    wanted = random.Random(2026).sample(range(_CAST + 1, of + 1), min(SIZE, of - _CAST))
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(index: int) -> Sampled:
        async with turns:
            return await _equip(db, SubscriptionId(index))

    return list(await asyncio.gather(*map(one, wanted)))


async def publish(owner: Any, sample: Sequence[Sampled]) -> None:
    """Put the tokens where pgbench can draw one of them by its place. `owner`: a connection."""
    await owner.execute(
        """DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench;
           CREATE TABLE bench.token (i int PRIMARY KEY, digest bytea, subscription bigint);
           GRANT USAGE ON SCHEMA bench TO abonent_app;
           GRANT SELECT ON bench.token TO abonent_app"""
    )
    rows = [(i, token_digest(one.token), one.subscription) for i, one in enumerate(sample)]
    await owner.copy_records_to_table("token", schema_name="bench", records=rows)
    await owner.execute("VACUUM ANALYZE bench.token")


async def _equip(db: Database, number: SubscriptionId) -> Sampled:
    who = await db.run(subscribers.subscription, number)
    assert who is not None and who.msisdn is not None
    password = Secret(f"k{int(number):07d}")
    hashed = await access.hash_password(db, password)
    await db.run(_give, who=who, hashed=hashed)
    origin = access.Origin(device_token=None, address="127.0.0.1", agent="bench", channel="api")
    got = await access.sign_in(db, msisdn=Msisdn(who.msisdn.e164), password=password, origin=origin)
    assert isinstance(got, access.SignedIn)
    return Sampled(
        subscription=int(number),
        billing_account=int(who.billing_account),
        msisdn=who.msisdn.e164,
        password=password.reveal(),
        token=got.token.reveal(),
    )


async def _give(tx: Transaction, *, who: subscribers.Subscription, hashed: str) -> None:
    await access.set_initial_password(
        tx, subscription=who.id, billing_account=who.billing_account, hash=hashed
    )
