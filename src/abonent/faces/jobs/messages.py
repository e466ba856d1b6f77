"""A message of the outbox as the text of an SMS, in the language of the one who gets it."""

from __future__ import annotations

from datetime import datetime

from abonent.messaging import Message
from abonent.wording import Words


def render(words: Words, message: Message, now: datetime | None = None) -> str:
    """The text: `message.kind` is its key, `now` the moment at which it is sent.

    The fact `at` (ISO 8601) becomes {moment}, with its date when that is not the day of `now`;
    `channel` becomes its name, the secret {code}. UnknownText and MissingFact when the outbox and
    the locale files disagree.
    """
    facts: dict[str, object] = dict(message.facts)
    if isinstance(at := facts.pop("at", None), str):
        instant = datetime.fromisoformat(at)
        facts["moment"] = words.moment(instant, now or instant)
    if "channel" in facts:
        facts["channel"] = words(f"channel.{facts['channel']}")
    if message.secret is not None:
        facts["code"] = message.secret.reveal()
    return words(message.kind, **facts)
