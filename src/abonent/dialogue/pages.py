"""The one place where a text becomes screens: whatever comes in, every screen fits the phone.

A text that is too long is cut between its lines, a line that is too long between its words, and
never between a figure and its unit. What is cut off comes with the next page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from abonent.settings import UssdLink
from abonent.wording import fits_ussd

# After a digit stands the rest of its figure or its unit: «1 234,50 руб.» stays whole.
_BREAKS = re.compile(r"(?<![0-9]) ")


class ScreenTooLong(Exception):
    """A text that cannot be paged does not fit. The text is not told: it may be somebody's."""


def fits(text: str, link: UssdLink) -> bool:
    return fits_ussd(text, link.screen_max_gsm, link.screen_max_ucs2)


def single(text: str, link: UssdLink) -> str:
    """A text that must be one screen, such as a question. ScreenTooLong when it is not."""
    if not fits(text, link):
        raise ScreenTooLong(f"{len(text)} characters")
    return text


def pages(text: str, more: str, link: UssdLink) -> list[str]:
    """Cut a text into screens; all but the last end with the line `more`."""
    rest = [piece for line in text.split("\n") for piece in _pieces(line, f"\n{more}", link)]
    found: list[str] = []
    while not fits("\n".join(rest), link):
        taken = _how_many(rest, f"\n{more}", link)
        found.append("\n".join([*rest[:taken], more]))
        rest = rest[taken:]
    return [*found, "\n".join(rest)]


def _how_many(rest: Sequence[str], tail: str, link: UssdLink) -> int:
    """How many pieces one screen takes together with the way on; one always fits."""
    taken = 1
    while fits("\n".join(rest[: taken + 1]) + tail, link):
        taken += 1
    return taken


def _pieces(line: str, tail: str, link: UssdLink) -> Iterator[str]:
    """The line, cut until each piece fits a screen together with the way on."""
    piece = ""
    for word in _words(line, tail, link):
        longer = f"{piece} {word}" if piece else word
        if fits(longer + tail, link):
            piece = longer
            continue
        if piece:
            yield piece
        piece = word
    yield piece


def _words(line: str, tail: str, link: UssdLink) -> Iterator[str]:
    for word in _BREAKS.split(line):
        while not fits(word + tail, link):
            cut = next(n for n in range(len(word) - 1, 0, -1) if fits(word[:n] + tail, link))
            yield word[:cut]
            word = word[cut:]
        yield word
