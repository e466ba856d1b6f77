"""The cast: Anna and Boris have a password, Vera never set one. Opened through the rooms' doors.

Whoever needs money or services gives it to them on top; here they are people with a number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

import msgspec

from abonent import access, messaging, subscribers
from abonent.kit import BillingAccountId, Msisdn, Secret, SubscriptionId
from abonent.storage import Database, Row
from abonent.subscribers import BillingAccount

ADDRESS = "198.51.100.7"
STRANGE_ADDRESS = "203.0.113.66"
NOT_OURS = Msisdn("+375339999999")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a number; `password` is None as long as none was set."""

    msisdn: Msisdn
    subscription: SubscriptionId
    billing_account: BillingAccountId
    password: str | None


async def anna(db: Database) -> Person:
    return await person(db, "+375330000001", "anna2026")


async def boris(db: Database) -> Person:
    return await person(db, "+375330000003", "boris2026")


async def vera(db: Database) -> Person:
    return await person(db, "+375330000004", None)


async def person(db: Database, number: str, password: str | None) -> Person:
    """A party, its billing account, a number in use and maybe a password."""
    msisdn = Msisdn(number)
    account = await db.run(
        subscribers.open_billing_account,
        account=BillingAccount(msisdn.digits, db.settings.operator.time_zone),
    )
    opened = await db.run(
        subscribers.open_subscription,
        account=account,
        msisdn=msisdn,
        imsi=f"25704{msisdn.digits[-10:]}",
        tariff=("meadow", 1),
    )
    if password is not None:
        await db.run(
            access.set_initial_password,
            subscription=opened,
            billing_account=account,
            hash=await access.hash_password(db, Secret(password)),
        )
    return Person(msisdn, opened, account, password)


def origin(device: Secret | None = None, address: str = ADDRESS) -> access.Origin:
    """A browser at home, on a device that was given a token or was not."""
    return access.Origin(device, address, "Firefox on a desk", "web")


def limited(db: Database, **changes: object) -> Database:
    """The same database under other limits."""
    limits = msgspec.structs.replace(db.settings.limits, **changes)
    return replace(db, settings=msgspec.structs.replace(db.settings, limits=limits))


async def outbox(db: Database, kind: str = "") -> list[Row]:
    """The queued messages of a kind, without opening them."""
    async with db.transaction() as tx:
        return await tx.all(
            """SELECT id, subscription_id, msisdn, kind, facts, expires_at FROM messaging.outbox
                WHERE kind LIKE $1 || '%' AND state = 'queued' ORDER BY made_at""",
            kind,
        )


async def code_sent(db: Database, to: Person) -> str:
    """Take the one code that is on its way to somebody, as their phone would show it."""
    waiting = [
        row
        for row in await outbox(db, "sms.code")
        if row["subscription_id"] == to.subscription and row["expires_at"] > db.clock()
    ]
    (row,) = waiting
    message = await db.run(messaging.take_message, message=row["id"])
    assert message is not None and message.secret is not None
    return message.secret.reveal()


async def sign_in(
    db: Database, who: Person, device: Secret | None = None, *, password: str | None = None
) -> access.SignedIn:
    """Sign in where no code is asked for."""
    answer = await access.sign_in(
        db,
        msisdn=who.msisdn,
        password=Secret(password or who.password or ""),
        origin=origin(device),
    )
    assert isinstance(answer, access.SignedIn)
    return answer


async def prove(db: Database, who: Person, device: Secret | None = None) -> access.SignedIn:
    """Sign in by a code: afterwards the device is known."""
    careful = limited(db, new_device_requires_proof=True)
    asked = await access.sign_in(
        careful, msisdn=who.msisdn, password=Secret(who.password or ""), origin=origin(device)
    )
    assert isinstance(asked, access.CodeAsked)
    there = origin(asked.device_token or device)
    code = await code_sent(db, who)
    return await access.confirm_sign_in(db, flow=asked.id, code=code, origin=there)


async def ask_password(
    db: Database, msisdn: Msisdn, password: str = "zeBra27w", address: str = ADDRESS
) -> tuple[UUID, access.Origin]:
    """Ask for a code for a new password: the flow, and the device it is bound to."""
    asked = await access.request_password(
        db, msisdn=msisdn, password=Secret(password), origin=origin(None, address)
    )
    return asked.id, origin(asked.device_token, address)


def other_code(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"
