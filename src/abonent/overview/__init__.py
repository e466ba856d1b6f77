"""What several rooms know, on one screen: home, in one statement, read only.

The session, its tier and its right to the number are checked inside that statement, and the rest is
read under the row-level policies as that number. Unknown is None here and is shown as unknown,
never as 0.
"""

from abonent.overview.model import (
    Balance,
    Bucket,
    Forecast,
    Home,
    NextCharge,
    NotYours,
    Tariff,
    forecast,
)
from abonent.overview.store import figures, home

__all__ = [
    "Balance",
    "Bucket",
    "Forecast",
    "Home",
    "NextCharge",
    "NotYours",
    "Tariff",
    "figures",
    "forecast",
    "home",
]
