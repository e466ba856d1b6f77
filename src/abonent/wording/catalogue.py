"""The locale files of one language, read once and checked at load.

A file that could fail later, in front of a subscriber, fails now: a key given twice, an empty or
doubtful text, a placeholder that is not a plain name, too few plural forms.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from string import Formatter

from babel import Locale
from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, read_po

LOCALE = Path(__file__).parent / "locale"

_KEY = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_MSGID = re.compile(r'msgid "([^"]+)"')
_LINE = re.compile(
    r'(?:(?:msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d\]) )?"(?:[^"\\]|\\.)*"|#.*|'
)
_FORMS = {"ru": ("one", "few", "many", "other"), "be": ("one", "few", "many", "other")}
_TWO_FORMS = ("one", "other")


class UnknownText(KeyError):
    """There is no such text (or no such plural form of it) in this language."""


class CatalogueBroken(Exception):
    """A locale file cannot be used; the message names the file, the key and the fault."""


@dataclass(frozen=True)
class Catalogue:
    """Texts and plural forms of one language, by key.

    `forms` names what the places of a plural entry mean. Russian and Belarusian have one, few,
    many, and, where a fraction can come, other («1,5 минуты»).
    """

    language: str
    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    forms: tuple[str, ...]

    def text(self, key: str) -> str:
        try:
            return self.texts[key]
        except KeyError:
            raise UnknownText(f"{key} ({self.language})") from None

    def form(self, key: str, n: int | Decimal) -> str:
        """The text of the plural form that this count takes."""
        try:
            return self.plurals[key][_place(self.language, self.forms, n)]
        except (KeyError, IndexError):
            raise UnknownText(f"{key} for {n} ({self.language})") from None


@lru_cache(maxsize=4096)
def _place(language: str, forms: tuple[str, ...], n: int | Decimal) -> int:
    return forms.index(Locale(language).plural_form(n if n >= 0 else -n))


def read(language: str, standing: Mapping[str, str], folder: Path = LOCALE) -> Catalogue:
    """Merge all files of a language. `standing` facts are filled in once, here.

    CatalogueBroken when a file cannot be used.
    """
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    forms = _FORMS.get(language, _TWO_FORMS)
    for file in sorted((folder / language).glob("*.po")):
        for key, message in _messages(file, language).items():
            place = f"{language}/{file.name}: {key}"
            if key in texts or key in plurals:
                raise CatalogueBroken(f"{place}: stands in another file too")
            if isinstance(message.string, str):
                texts[key] = _checked(place, message.string, standing)
                continue
            given = tuple(message.string or ())
            # Without a fourth form a text counts whole things only: a fraction is UnknownText.
            if len(given) not in {len(forms), max(2, len(forms) - 1)}:
                raise CatalogueBroken(f"{place}: {len(given)} plural forms")
            plurals[key] = tuple(_checked(place, one, standing) for one in given)
    if not texts:
        raise CatalogueBroken(f"{language}: no texts")
    return Catalogue(language, texts, plurals, forms)


def _messages(file: Path, language: str) -> dict[str, Message]:
    # Babel merges a repeated msgid and strips what it takes for quotes, both in silence.
    lines = file.read_text(encoding="utf-8").splitlines()
    wrong = [str(n) for n, line in enumerate(lines, 1) if not _LINE.fullmatch(line.strip())]
    keys = Counter(found[1] for line in lines if (found := _MSGID.fullmatch(line)))
    twice = [key for key, times in keys.items() if times > 1]
    if wrong or twice:
        fault = f"given twice: {', '.join(twice)}" if twice else f"lines {', '.join(wrong)}"
        raise CatalogueBroken(f"{language}/{file.name}: {fault}")
    try:
        with file.open("rb") as stream:
            catalog = read_po(stream, locale=language, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise CatalogueBroken(f"{language}/{file.name}: {error}") from None
    messages: dict[str, Message] = {}
    for message in catalog:
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        if message.fuzzy or message.context or not _KEY.fullmatch(key):
            raise CatalogueBroken(f"{language}/{file.name}: {key}: fuzzy, in context or no key")
        messages[key] = message
    return messages


def _checked(place: str, text: str, standing: Mapping[str, str]) -> str:
    """The text with its standing facts filled in and its braces proved."""
    if not text.strip():
        raise CatalogueBroken(f"{place}: empty")
    pieces: list[str] = []
    try:
        for literal, name, spec, conversion in Formatter().parse(text):
            pieces.append(literal.replace("{", "{{").replace("}", "}}"))
            if name is None:
                continue
            if not name.isidentifier() or spec or conversion:
                raise ValueError(f"{{{name}}} is no plain name")
            fact = standing.get(name)
            pieces.append(
                f"{{{name}}}" if fact is None else fact.replace("{", "{{").replace("}", "}}")
            )
    except ValueError as error:
        raise CatalogueBroken(f"{place}: {error}") from None
    return "".join(pieces)


def placeholders(text: str) -> frozenset[str]:
    """The names of the facts that a text asks for."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)
