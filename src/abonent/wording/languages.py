"""Which language to answer in. A wish that we cannot read is no wish, never an error."""

from __future__ import annotations

import re
from collections.abc import Sequence

LANGUAGES = ("ru", "be", "en")
"""All languages that have locale files; an operator's profile may offer fewer."""

_HEADER_MAX = 1000
_WISH = re.compile(
    r"\s*(?P<language>[A-Za-z]{1,8}|\*)(?P<rest>(?:-[A-Za-z0-9]{1,8})*)\s*"
    r"(?:;\s*[qQ]\s*=\s*(?P<weight>0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?"
)


def pick_language(
    accept_language: str | None, *, default: str = "ru", languages: Sequence[str] = LANGUAGES
) -> str:
    """The language that an Accept-Language header (RFC 9110, 12.5.4) wishes most.

    `be-BY` counts as `be`; equal weights go by order; weight 0 rules a language out; `*` stands
    for the default. Without a wish that we can fulfil the answer is the default.
    """
    wishes: list[tuple[float, str]] = []
    unwanted: set[str] = set()
    for part in (accept_language or "")[:_HEADER_MAX].split(","):
        wish = _WISH.fullmatch(part)
        if wish is None:
            continue
        language, weight = wish["language"].lower(), float(wish["weight"] or 1)
        if weight:
            wishes.append((-weight, language))
        elif not wish["rest"]:
            unwanted.add(language)
    wanted = [code for code in languages if code not in unwanted]
    for _, language in sorted(wishes, key=lambda one: one[0]):
        if language in wanted:
            return language
        if language == "*" and wanted:
            return default if default in wanted else wanted[0]
    return default
