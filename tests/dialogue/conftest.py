"""Words, and a phone that can be dialled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import pytest
import pytest_asyncio

from abonent import dialogue
from abonent.dialogue import Caller, Screen
from abonent.settings import Settings
from abonent.storage import Database
from abonent.wording import Words, fits_ussd
from tests.phones import open_phone, spoken


@pytest.fixture
def words(settings: Settings) -> Mapping[str, Words]:
    return spoken(settings)


@dataclass
class Phone:
    """A phone with its SIM. Every screen it shows is measured."""

    db: Database
    words: Mapping[str, Words]
    caller: Caller
    last: UUID | None = None

    async def dial(self, code: str, dialogue_id: UUID | None = None) -> Screen:
        return self._shown(
            await dialogue.open_dialogue(
                self.db, self.words, caller=self.caller, code=code, dialogue=dialogue_id
            )
        )

    async def press(self, text: str) -> Screen:
        assert self.last is not None
        return self._shown(
            await dialogue.answer(
                self.db, self.words, caller=self.caller, dialogue=self.last, text=text
            )
        )

    def _shown(self, screen: Screen) -> Screen:
        assert fits_ussd(screen.text), screen.text
        self.last = screen.dialogue
        return screen


@pytest_asyncio.fixture
async def anna(db: Database, words: Mapping[str, Words]) -> Phone:
    """Anna has 47,35 руб. and full packets."""
    return Phone(db, words, await open_phone(db))
