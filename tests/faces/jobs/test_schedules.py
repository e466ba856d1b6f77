"""The clock's own work comes as often as it should, by the queue's reading of the fields."""

from __future__ import annotations

from datetime import UTC, datetime

import croniter
import pytest

from abonent.faces.jobs import Tools, schedules
from abonent.settings import Settings
from abonent.storage import Database
from tests.phones import spoken

START = datetime(2026, 7, 15, 11, 30, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("seal_audit", 5),
        ("expire_messages", 60),
        ("renew_plans", 600),
        ("forget_old", 3600),
        ("make_partitions", 86400),
    ],
)
def test_work_comes_round(db: Database, settings: Settings, name: str, seconds: int) -> None:
    known = {one.name: one.cron for one in schedules(Tools(db, spoken(settings)))}
    ticks = croniter.croniter(known[name], START)
    first, second, third = (ticks.get_next(float) for _ in range(3))
    assert (second - first, third - second) == (seconds, seconds)
    assert first - START.timestamp() <= seconds
