"""One language: its texts by key, filled with facts that are formatted by their type.

A page asks for forty texts, so a text without placeholders is one dictionary look-up, and a fact
costs one more to find its format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from abonent.kit import Amount, Msisdn, Refused
from abonent.wording.catalogue import Catalogue, UnknownText, placeholders, read
from abonent.wording.formats import Formats, Style
from abonent.wording.gsm import plain

USSD_NAME_MAX = 18
"""The longest name of a tariff that fits a Cyrillic screen with its fee and its date."""

_FOR_BUTTON_PHONES = ("sms.", "ussd.")


class MissingFact(KeyError):
    """A text asks for a fact that was not given, or was given as None."""


class Words(Formats):
    """All texts of one language. Texts under `sms.` and `ussd.` come out plain (see gsm.plain)."""

    def __init__(self, style: Style, catalogue: Catalogue) -> None:
        super().__init__(style, catalogue)
        self.operator = style.operator(self.language)
        self._patterns = {k: t for k, t in catalogue.texts.items() if placeholders(t)}
        self._whole = {
            key: self._finished(key, text.format())
            for key, text in catalogue.texts.items()
            if key not in self._patterns
        }
        self._by_type: dict[type, Callable[[Any], str]] = {
            Amount: self.money,
            Msisdn: self.phone,
            date: self.date,
            datetime: self.instant,
            timedelta: self.duration,
        }

    def __call__(self, key: str, /, **facts: object) -> str:
        """The text, filled. UnknownText when there is none, MissingFact when a fact is missing.

        An Amount, Msisdn, date, datetime or timedelta is formatted; all else is put in as it is.
        """
        whole = self._whole.get(key)
        if whole is not None:
            return whole
        pattern = self._patterns.get(key)
        if pattern is None:
            raise UnknownText(f"{key} ({self.language})")
        return self._filled(key, pattern, facts)

    def plural(self, key: str, n: int | Decimal, /, **facts: object) -> str:
        """The text in the form that `n` takes; `{n}` in it is the count itself."""
        facts["n"] = self.number(n)
        return self._filled(key, self._catalogue.form(key, n), facts)

    def refusal(self, refused: Refused) -> str:
        """The sentence of a refusal, by its code and, where it has one, its reason."""
        return self._refused("refusal", refused)

    def ussd_refusal(self, refused: Refused) -> str:
        """The same, short enough for a screen of a dialogue."""
        return self._refused("ussd.refusal", refused)

    def title(self, refused: Refused) -> str:
        """A short name of what a refusal is about, without its facts (RFC 9457 `title`)."""
        return self(f"title.{refused.code}")

    def known(self) -> Iterable[str]:
        """The keys of all texts and plurals."""
        return (*self._catalogue.texts, *self._catalogue.plurals)

    def _refused(self, family: str, refused: Refused) -> str:
        facts = refused.facts()
        reason = facts.pop("reason", None)
        for name, value in facts.items():
            if name.endswith("_seconds") and isinstance(value, int | float):
                facts[name] = self.duration(value)
        key = f"{family}.{refused.code}"
        return self(f"{key}.{reason}" if reason else key, **facts)

    def _filled(self, key: str, pattern: str, facts: dict[str, Any]) -> str:
        written: dict[str, Any] = {}
        for name, value in facts.items():
            form = self._by_type.get(type(value))
            if form is not None:
                written[name] = form(value)
            elif value is not None:
                written[name] = value
        try:
            text = pattern.format_map(written)
        except KeyError as missing:
            raise MissingFact(f"{key} needs {missing.args[0]}") from None
        return self._finished(key, text)

    @staticmethod
    def _finished(key: str, text: str) -> str:
        return plain(text) if key.startswith(_FOR_BUTTON_PHONES) else text


def load(style: Style) -> Mapping[str, Words]:
    """Read the locale files of the style's languages. CatalogueBroken when one cannot be used."""
    return {language: Words(style, _catalogue(style, language)) for language in style.languages}


def _catalogue(style: Style, language: str) -> Catalogue:
    standing = {f"dial_{name}": code for name, code in style.dial_codes.items()}
    return read(language, {**standing, "operator": style.operator(language)})
