"""On whose behalf a transaction acts: the row-level policies of PostgreSQL read it.

`nobody` sees no personal row at all, a subscriber sees the rows of one subscription, the system
(sign-in before anyone is known, jobs, network links) sees what its actions need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from abonent.kit import BillingAccountId, SubscriptionId


@dataclass(frozen=True, slots=True)
class Principal:
    kind: Literal["nobody", "subscriber", "system"] = "nobody"
    name: str = ""
    subscription: SubscriptionId | None = None
    billing_account: BillingAccountId | None = None

    @classmethod
    def subscriber(
        cls, subscription: SubscriptionId, billing_account: BillingAccountId
    ) -> Principal:
        return cls("subscriber", str(subscription), subscription, billing_account)

    @classmethod
    def system(cls, name: str) -> Principal:
        """A part of the system by name, such as "access" or "jobs"."""
        return cls("system", name)

    def begin_sql(self) -> str:
        """Open the transaction and name the principal, in one round trip.

        The values are ours (a fixed word and integers), so they stand in the text: a simple query
        takes no parameters, and a prepared one would be a second round trip.
        """
        return (
            f"BEGIN; SELECT set_config('abonent.principal', '{self.kind}', true),"
            f" set_config('abonent.subscription', '{int(self.subscription or 0)}', true),"
            f" set_config('abonent.account', '{int(self.billing_account or 0)}', true)"
        )


NOBODY = Principal()
