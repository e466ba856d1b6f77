"""The ways in and out: one folder translates one channel and owns no rules.

One request is one action or one flow of a room. Refusals become the channel's own answers in one
map for each face; the texts come from the locale files.
"""

from __future__ import annotations

from typing import TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from abonent.kit import Msisdn, NumberingPlan, parse_msisdn
from abonent.storage import Database

Db: TypeAlias = NamedDependency[SkipValidation[Database]]
"""The process's database, as a parameter of HTTP handlers. Acting for nobody yet."""


def number_of(db: Database, text: str) -> Msisdn:
    """What a person typed as a number, by the operator's plan. Refuses with BadNumber."""
    plan = db.settings.operator.numbering
    return parse_msisdn(text, NumberingPlan(plan.region, plan.country_code, plan.national_digits))


__all__ = ["Db", "number_of"]
