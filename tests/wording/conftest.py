"""The two shipped ways of writing: Belarus with roubles as words, Russia with the rouble sign."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from abonent.wording import Style, Words, load

BELARUS = Style(
    currency_signs={"BYN": {"ru": "руб.", "be": "руб.", "en": "BYN"}},
    phone_pattern="+CCC (NN) NNN-NN-NN",
    time_zone="Europe/Minsk",
    operator_names={"ru": "Василёк", "be": "Васілёк", "en": "Vasilek"},
)
RUSSIA = Style(
    currency_signs={"RUB": {"ru": "₽", "en": "RUB"}},
    phone_pattern="+C NNN NNN-NN-NN",
    time_zone="Europe/Moscow",
    operator_names={"ru": "Василёк", "en": "Vasilek"},
    languages=("ru", "en"),
)


@pytest.fixture(scope="session")
def belarus() -> Mapping[str, Words]:
    return load(BELARUS)


@pytest.fixture(scope="session")
def russia() -> Mapping[str, Words]:
    return load(RUSSIA)


@pytest.fixture(scope="session")
def ru(belarus: Mapping[str, Words]) -> Words:
    return belarus["ru"]


@pytest.fixture(scope="session")
def be(belarus: Mapping[str, Words]) -> Words:
    return belarus["be"]


@pytest.fixture(scope="session")
def en(belarus: Mapping[str, Words]) -> Words:
    return belarus["en"]
