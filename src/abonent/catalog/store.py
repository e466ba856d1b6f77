"""All SQL of the catalogue."""

from __future__ import annotations

from typing import cast

import msgspec

from abonent.catalog.model import (
    Allowance,
    Kind,
    Offer,
    OfferUnknown,
    Period,
    Price,
    Scope,
    Unit,
    UsageScope,
)
from abonent.kit import Amount, Asset
from abonent.storage import Row, Transaction

_OFFER = """
SELECT o.code, o.version, o.kind, o.names, o.fee_units, o.asset, o.period, o.tax_rate_bp,
       (SELECT coalesce(json_agg(json_build_array(a.unit, a.scope, a.quantity)
                                 ORDER BY a.position), '[]')
          FROM catalog.allowance a WHERE a.code = o.code AND a.version = o.version) AS allowances,
       (SELECT coalesce(json_agg(json_build_array(p.unit, p.scope, p.step, p.step_units)
                                 ORDER BY p.unit, p.scope), '[]')
          FROM catalog.price p WHERE p.code = o.code AND p.version = o.version) AS prices
  FROM catalog.offer o
"""
_Allowances = list[tuple[Unit, Scope, int | None]]
_Prices = list[tuple[Unit, UsageScope, int, int]]


async def newest(tx: Transaction, code: str) -> Offer | None:
    row = await tx.one(f"{_OFFER} WHERE o.code = $1 ORDER BY o.version DESC LIMIT 1", code)
    return _offer(row) if row else None


async def offer(tx: Transaction, code: str, version: int | None = None) -> Offer:
    """One version of an offer, the newest unless another is asked for. Refuses: OfferUnknown."""
    if version is None:
        found = await newest(tx, code)
    else:
        row = await tx.one(f"{_OFFER} WHERE o.code = $1 AND o.version = $2", code, version)
        found = _offer(row) if row else None
    if found is None:
        raise OfferUnknown(code)
    return found


async def tariffs(tx: Transaction) -> list[Offer]:
    """The newest version of each tariff that is sold, the cheapest first."""
    rows = await tx.all(
        f"""{_OFFER} WHERE o.kind = 'tariff' AND o.valid_until IS NULL
             ORDER BY o.fee_units, o.code"""
    )
    return [_offer(row) for row in rows]


async def add(tx: Transaction, offer: Offer) -> None:
    """Write a new version and end the one before it at the same moment."""
    await tx.execute(
        "UPDATE catalog.offer SET valid_until = $2 WHERE code = $1 AND valid_until IS NULL",
        offer.code,
        tx.now,
    )
    await tx.execute(
        """INSERT INTO catalog.offer (code, version, kind, names, fee_units, asset, period,
                                      tax_rate_bp, valid_from)
           VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9)""",
        offer.code,
        offer.version,
        offer.kind,
        msgspec.json.encode(dict(offer.names)).decode(),
        offer.fee.units,
        offer.fee.asset,
        offer.period,
        offer.tax_rate_bp,
        tx.now,
    )
    for position, allowance in enumerate(offer.allowances):
        await tx.execute(
            "INSERT INTO catalog.allowance VALUES ($1, $2, $3, $4, $5, $6)",
            offer.code,
            offer.version,
            position,
            allowance.unit,
            allowance.scope,
            allowance.quantity,
        )
    for price in offer.prices:
        await tx.execute(
            "INSERT INTO catalog.price VALUES ($1, $2, $3, $4, $5, $6)",
            offer.code,
            offer.version,
            price.unit,
            price.scope,
            price.step,
            price.per_step.units,
        )


def _offer(row: Row) -> Offer:
    asset: Asset = row["asset"]
    allowances = msgspec.json.decode(row["allowances"], type=_Allowances)
    prices = msgspec.json.decode(row["prices"], type=_Prices)
    return Offer(
        code=row["code"],
        version=row["version"],
        kind=cast(Kind, row["kind"]),
        names=msgspec.json.decode(row["names"], type=dict[str, str]),
        fee=Amount(row["fee_units"], asset),
        period=cast(Period, row["period"]),
        tax_rate_bp=row["tax_rate_bp"],
        allowances=tuple(Allowance(*allowance) for allowance in allowances),
        prices=tuple(
            Price(unit, scope, step, Amount(units, asset)) for unit, scope, step, units in prices
        ),
    )
