"""Offers are published in versions that never change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from abonent import catalog
from abonent.catalog import Allowance, Offer, Price
from abonent.kit import Amount
from abonent.storage import Database

MEADOW = Offer(
    code="meadow",
    version=0,
    kind="tariff",
    names={"ru": "Луговой", "en": "Meadow"},
    fee=Amount.of("19.90", "BYN"),
    period="month",
    tax_rate_bp=2500,
    allowances=(
        Allowance("second", "in_net", None),
        Allowance("byte", "home", 10 * 1024**3),
    ),
    prices=(
        Price("second", "other_net", 60, Amount.of("0.15", "BYN")),
        Price("byte", "home", 1024**2, Amount.of("0.0200", "BYN")),
    ),
)
STEPPE = replace(MEADOW, code="steppe", fee=Amount.of("9.90", "BYN"))


async def test_a_published_offer_is_read_back_as_it_was_given(db: Database) -> None:
    [published] = await db.run(catalog.publish, offers=[MEADOW])

    assert published.version == 1
    assert published.same_terms(MEADOW)
    assert (await db.run(catalog.offer, "meadow")).same_terms(MEADOW)


async def test_publishing_the_same_terms_again_makes_no_new_version(db: Database) -> None:
    await db.run(catalog.publish, offers=[MEADOW])
    [published] = await db.run(catalog.publish, offers=[MEADOW])
    assert published.version == 1


async def test_a_changed_fee_is_a_new_version_and_the_old_one_stays_readable(db: Database) -> None:
    await db.run(catalog.publish, offers=[MEADOW])
    dearer = replace(MEADOW, fee=Amount.of("21.90", "BYN"))
    [published] = await db.run(catalog.publish, offers=[dearer])

    assert published.version == 2
    assert (await db.run(catalog.offer, "meadow")).fee == dearer.fee
    assert (await db.run(catalog.offer, "meadow", 1)).fee == MEADOW.fee


async def test_a_changed_price_alone_is_a_new_version(db: Database) -> None:
    await db.run(catalog.publish, offers=[MEADOW])
    price = replace(MEADOW.prices[0], per_step=Amount.of("0.16", "BYN"))
    [published] = await db.run(
        catalog.publish, offers=[replace(MEADOW, prices=(price, MEADOW.prices[1]))]
    )
    assert published.version == 2


async def test_tariffs_are_the_newest_versions_the_cheapest_first(db: Database) -> None:
    service = replace(MEADOW, code="antivirus", kind="service")
    await db.run(catalog.publish, offers=[MEADOW, STEPPE, service])
    await db.run(catalog.publish, offers=[replace(STEPPE, tax_rate_bp=2000)])

    sold = await db.run(catalog.tariffs)

    assert [(offer.code, offer.version) for offer in sold] == [("steppe", 2), ("meadow", 1)]


async def test_an_offer_that_does_not_exist_is_refused(db: Database) -> None:
    with pytest.raises(catalog.OfferUnknown) as refusal:
        await db.run(catalog.offer, "moon")
    assert refusal.value.facts() == {"offer": "moon"}
