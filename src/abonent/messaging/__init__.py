"""SMS to subscribers: whom to reach where, and the outbox. One row is one message.

A message is queued in the transaction that makes it true and submitted by a job after the commit.
What is secret in it (a code) is sealed with a key outside the database, opened only to submit, and
wiped then or when the message expires: a code older than its life is dropped, never sent late.
"""

from abonent.messaging.actions import (
    expire_messages,
    queue_message,
    set_contact,
    set_language,
    take_message,
)
from abonent.messaging.model import Message, Outgoing

__all__ = [
    "Message",
    "Outgoing",
    "expire_messages",
    "queue_message",
    "set_contact",
    "set_language",
    "take_message",
]
