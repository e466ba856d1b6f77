"""Messages of the outbox become texts in the language of the one who gets them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from abonent.faces.jobs import render
from abonent.kit import Secret
from abonent.messaging import Message
from abonent.settings import Settings
from abonent.wording import MissingFact, UnknownText, Words, sms_parts
from tests.phones import ANNA, spoken

NOW = datetime(2026, 7, 15, 11, 32, tzinfo=UTC)


@pytest.fixture
def words(settings: Settings) -> Mapping[str, Words]:
    return spoken(settings)


def message(kind: str, secret: str | None = None, **facts: str | int) -> Message:
    return Message(uuid4(), ANNA, "ru", kind, facts, Secret(secret) if secret else None)


def test_a_code_is_written_out_with_its_life(words: Mapping[str, Words]) -> None:
    text = render(words["ru"], message("sms.code-password", "042137", minutes=5), NOW)
    assert text.startswith("042137 — код для нового пароля, действует 5 мин.")
    assert sms_parts(text) <= 2


def test_a_notice_says_when_and_over_which_channel(words: Mapping[str, Words]) -> None:
    notice = message("sms.password-set", at="2026-07-15T11:31:00+00:00", channel="ussd")
    text = render(words["ru"], notice, NOW)
    assert text.startswith("Новый пароль задан 14:31 через *111*17#.")
    assert "at 14:31 via *111*17#" in render(words["en"], notice, NOW)


def test_a_notice_that_was_late_says_its_day(words: Mapping[str, Words]) -> None:
    notice = message("sms.new-device", at="2026-07-14T11:31:00+00:00")
    assert "14.07.2026, 14:31" in render(words["ru"], notice, NOW)


def test_a_message_without_its_text_or_its_facts_is_an_error(
    words: Mapping[str, Words],
) -> None:
    with pytest.raises(UnknownText):
        render(words["ru"], message("sms.unheard-of"), NOW)
    with pytest.raises(MissingFact):
        render(words["ru"], message("sms.code-password", minutes=5), NOW)
