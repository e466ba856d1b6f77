"""Numbers in use and the words they are spoken to with, for the tests of everything textual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import msgspec

from abonent import access, catalog, lifecycle
from abonent.catalog import Allowance, Offer, Price
from abonent.dialogue import Caller
from abonent.kit import Amount, BillingAccountId, Msisdn, Secret, operation_id
from abonent.settings import Settings
from abonent.storage import Database
from abonent.subscribers import subscription
from abonent.wording import Style, Words, load

ANNA = Msisdn("+375330000001")
BORIS = Msisdn("+375330000003")
STRANGER = Msisdn("+375339999999")
PASSWORD = "zeBra27w"  # no rule is against it, and it is easy to find in a dump

MEADOW = Offer(
    code="meadow",
    version=0,
    kind="tariff",
    names={"ru": "Луговой", "be": "Лугавы", "en": "Meadow"},
    fee=Amount.of("19.90", "BYN"),
    period="month",
    tax_rate_bp=2500,
    allowances=(
        Allowance("byte", "home", 12 * 1024**3 + 1024**3 // 2),
        Allowance("second", "in_net", None),
        Allowance("second", "other_net", 84 * 60 + 30),
        Allowance("message", "home", 18),
        Allowance("byte", "roaming", 300 * 1024**2),
    ),
    prices=(
        Price("second", "other_net", 60, Amount.of("0.15", "BYN")),
        Price("byte", "home", 1024**2, Amount.of("0.0200", "BYN")),
    ),
)


def spoken(settings: Settings) -> Mapping[str, Words]:
    """The words of a profile."""
    operator = settings.operator
    return load(
        Style(
            currency_signs={operator.currency: operator.currency_signs},
            phone_pattern=operator.phone_pattern,
            time_zone=operator.time_zone,
            operator_names=operator.names,
            languages=tuple(operator.languages),
            dial_codes=msgspec.structs.asdict(operator.ussd),
        )
    )


async def open_phone(
    db: Database,
    msisdn: Msisdn = ANNA,
    *,
    language: str = "ru",
    top_up: str = "67.25",
    offer: Offer = MEADOW,
    account: BillingAccountId | None = None,
) -> Caller:
    """A number on sale since today, in front of its drawn phone. The fee is taken at once."""
    await db.run(catalog.publish, offers=[offer])
    number = lifecycle.NewNumber(
        msisdn=msisdn,
        imsi=f"25704{msisdn.digits[-10:]}",
        tariff=offer.code,
        account_number=msisdn.digits[-9:],
        time_zone=db.settings.operator.time_zone,
        account=account,
        language=language,
        first_top_up=Amount.of(top_up, db.settings.currency),
    )
    opened = await db.run(
        lifecycle.open_number,
        operation=operation_id("test", "open", msisdn.e164),
        number=number,
        on=date(2026, 7, 15),
    )
    found = await db.run(subscription, opened)
    assert found is not None
    return Caller(opened, found.billing_account, msisdn, language, "demo", proves_sim=True)


async def open_with_password(
    db: Database, msisdn: Msisdn = ANNA, *, password: str = PASSWORD, top_up: str = "67.25"
) -> Caller:
    """The same, with a password that signs it in."""
    caller = await open_phone(db, msisdn, top_up=top_up)
    await db.run(
        access.set_initial_password,
        subscription=caller.subscription,
        billing_account=caller.billing_account,
        hash=await access.hash_password(db, Secret(password)),
    )
    return caller


def over_gateway(caller: Caller) -> Caller:
    """The same number on a link that only claims it."""
    return replace(caller, link="http", proves_sim=False)
