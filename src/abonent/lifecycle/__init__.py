"""A number's life: opened, closed, sold again, its SIM replaced. One verb, one transaction.

The rooms below do not know each other; what must happen in all of them at once happens here.
"""

from abonent.lifecycle.actions import NewNumber, open_number, send_welcome
from abonent.lifecycle.facts import NumberOpened

__all__ = ["NewNumber", "NumberOpened", "open_number", "send_welcome"]
