"""The language of the answer follows the header, and nonsense in it harms nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abonent.wording import LANGUAGES, pick_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "ru"),
        ("", "ru"),
        ("be", "be"),
        ("be-BY, ru;q=0.8", "be"),
        ("BE-by", "be"),
        ("be-Latn-BY", "be"),
        ("en-US,en;q=0.9,ru;q=0.8", "en"),
        ("ru;q=0.3, en ; q=0.7", "en"),
        ("de, pl;q=0.9, be;q=0.1", "be"),
        ("de", "ru"),
        ("*", "ru"),
        ("de, *;q=0.5", "ru"),
        ("*, ru;q=0", "be"),
        ("en;q=0", "ru"),
        ("en;q=0, en-US", "ru"),
        ("be;q=0.5, en;q=0.5", "be"),
        ("en;q=2, be;q=0.1", "be"),
        ("en;q=0.1234, be", "be"),
        ("english please", "ru"),
        (";;;q=,,", "ru"),
        ("x" * 5000 + ",en", "ru"),
    ],
)
def test_the_most_wished_language_is_picked(header: str | None, language: str) -> None:
    assert pick_language(header) == language


def test_only_the_languages_offered_are_picked() -> None:
    assert pick_language("be, en;q=0.5", languages=("ru", "en")) == "en"
    assert pick_language("be", default="en") == "be"
    assert pick_language("de", default="en") == "en"


@given(header=st.text(max_size=200))
def test_any_header_gets_a_language(header: str) -> None:
    assert pick_language(header) in LANGUAGES
