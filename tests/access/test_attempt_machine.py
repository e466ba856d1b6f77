"""The limits of one number against a model that is written down plainly."""

from __future__ import annotations

import asyncio
import math
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from abonent import access
from abonent.kit import Keys, Secret
from abonent.settings import Settings
from abonent.storage import Database, Principal, connect
from tests import cast
from tests.conftest import NOW, Clock

_WAITS = {5: 30, 6: 60, 7: 300, 8: 900, 9: 3600}
_DAY = timedelta(days=1)
_IN_A_ROW_MAX = 13


class Budget:
    """What one budget remembers: when it failed."""

    def __init__(self) -> None:
        self.failed: list[Any] = []

    def wait(self, now: Any) -> int:
        today = [at for at in self.failed if at > now - _DAY]
        if len(today) >= 10:
            return _seconds(today[-10] + _DAY - now)
        if len(today) < 5:
            return 0
        return _seconds(today[-1] + timedelta(seconds=_WAITS[len(today)]) - now)


class Guessing(RuleBasedStateMachine):
    """Strangers and the owner's known device try right and wrong passwords while time goes by."""

    db: Database
    clock: Clock
    runner: asyncio.Runner
    addresses = iter(range(10**9))
    numbers = iter(range(7_000_000, 8_000_000))

    @initialize()
    def open_a_number(self) -> None:
        self.clock.set(NOW)
        self.calls = 0
        self.in_a_row = 0
        self.void = False
        self.budgets = {"stranger": Budget(), "owner": Budget()}
        self.password = "zeBra27w"
        number = f"+37533{next(self.numbers)}"
        self.who = self.runner.run(cast.person(self.db, number, self.password))
        # A proof leaves the row of failures and both budgets empty.
        self.device = self.runner.run(cast.prove(self.db, self.who)).device_token

    @rule(who=st.sampled_from(["stranger", "stranger", "owner"]), right=st.booleans())
    def guess(self, who: str, right: bool) -> None:
        budget = self.budgets[who]
        now = self.clock.now
        expected: Any = budget.wait(now)
        if expected == 0:
            passes = right and not (self.void and who == "stranger")
            expected = (1 if who == "owner" else 0) if passes else "wrong"
            if not passes:
                budget.failed.append(now)
            if who == "stranger" and not self.void:
                self.in_a_row = 0 if passes else self.in_a_row + 1
                self.void = self.in_a_row >= _IN_A_ROW_MAX
        else:
            expected = f"wait {expected}"
        password = self.password if right else "wrong77"
        assert self.runner.run(self.answer(who, password)) == expected

    @rule(seconds=st.sampled_from([1, 29, 30, 31, 60, 299, 900, 3600, 6 * 3600, 86400]))
    def wait(self, seconds: int) -> None:
        self.clock.move(timedelta(seconds=seconds))

    @rule()
    def set_the_password_again(self) -> None:
        self.calls += 1
        self.runner.run(
            access.set_password_by_sim(
                self.db,
                subscription=self.who.subscription,
                billing_account=self.who.billing_account,
                msisdn=self.who.msisdn,
                password=Secret(self.password),
                key=str(self.calls),
            )
        )
        self.in_a_row, self.void = 0, False

    @invariant()
    def only_judged_failures_are_counted(self) -> None:
        if not hasattr(self, "budgets"):
            return
        counted = self.runner.run(self.failures())
        assert counted == sum(len(budget.failed) for budget in self.budgets.values())

    async def answer(self, who: str, password: str) -> Any:
        there = cast.origin(
            self.device if who == "owner" else None, f"192.0.2.{next(self.addresses) % 250}"
        )
        try:
            got = await access.sign_in(
                self.db, msisdn=self.who.msisdn, password=Secret(password), origin=there
            )
        except access.WrongPair:
            return "wrong"
        except access.TooManyAttempts as refusal:
            return f"wait {refusal.wait_seconds}"
        assert isinstance(got, access.SignedIn)
        return got.session.tier

    async def failures(self) -> int:
        key = self.db.keys.digest("access.number", self.who.msisdn.e164)
        async with self.db.transaction() as tx:
            found = await tx.value(
                """SELECT count(*) FROM access.attempt
                    WHERE number_key = $1 AND kind = 'password' AND outcome = 'failed'""",
                key,
            )
        return int(found)


def test_the_limits_of_a_number_behave_as_the_model_says(
    database_url: str, settings: Settings, keys: Keys
) -> None:
    clock = Clock()
    with asyncio.Runner() as runner:
        db = runner.run(connect(database_url, settings, keys, clock=clock))
        Guessing.db = cast.limited(
            db.acting(Principal.system("test")),
            guesses_in_a_row_max=_IN_A_ROW_MAX,
            value_numbers_an_hour_max=10**6,
            attack_failures_above_mean=10**6,
            flow_numbers_an_hour_per_address_max=10**6,
        )
        Guessing.clock, Guessing.runner = clock, runner
        run_machine(Guessing, settings=_FEW)
        runner.run(db.close())


_FEW = settings(
    max_examples=20,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def _seconds(wait: timedelta) -> int:
    return max(0, math.ceil(wait.total_seconds()))
