"""Facts of a number's life."""

from __future__ import annotations

from abonent.storage import Fact


class NumberOpened(Fact, frozen=True, kw_only=True):
    """A number is in use from now on."""
