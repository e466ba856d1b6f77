"""Passwords at rest."""

from __future__ import annotations

import time

import pytest

from abonent.access import hashing
from abonent.kit import Keys, Secret
from abonent.settings import Limits

CHEAP = Limits(argon2_memory_kib=64, argon2_passes=1)
KEYS = Keys({"1": b"p" * 32, "2": b"q" * 32}, "1", b"d" * 32, b"s" * 32)
NEWER = Keys({"1": b"p" * 32, "2": b"q" * 32}, "2", b"d" * 32, b"s" * 32)


def test_the_product_hashes_as_expensively_as_it_says() -> None:
    stored = hashing.hash_text(KEYS, Limits(), Secret("zeBra27w"))
    assert stored.startswith("1:$argon2id$v=19$m=19456,t=2,p=1$")


def test_one_password_has_ever_new_hashes_and_fits_each() -> None:
    one, two = (hashing.hash_text(KEYS, CHEAP, Secret("zeBra27w")) for _ in range(2))
    assert one != two
    assert hashing.matches(KEYS, one, Secret("zeBra27w"))
    assert hashing.matches(KEYS, two, Secret("zeBra27w"))
    assert not hashing.matches(KEYS, one, Secret("zebra27w"))


def test_without_the_pepper_nothing_fits() -> None:
    stored = hashing.hash_text(KEYS, CHEAP, Secret("zeBra27w"))
    other = Keys({"1": b"x" * 32}, "1", b"d" * 32, b"s" * 32)
    lost = Keys({"2": b"p" * 32}, "2", b"d" * 32, b"s" * 32)
    assert not hashing.matches(other, stored, Secret("zeBra27w"))
    assert not hashing.matches(lost, stored, Secret("zeBra27w"))


def test_a_hash_is_made_anew_when_parameters_or_pepper_changed() -> None:
    stored = hashing.hash_text(KEYS, CHEAP, Secret("zeBra27w"))
    assert not hashing.needs_rehash(KEYS, CHEAP, stored)
    assert hashing.needs_rehash(KEYS, Limits(argon2_memory_kib=64, argon2_passes=2), stored)
    assert hashing.needs_rehash(KEYS, Limits(argon2_memory_kib=128, argon2_passes=1), stored)
    assert hashing.needs_rehash(NEWER, CHEAP, stored)
    assert hashing.matches(NEWER, stored, Secret("zeBra27w"))


@pytest.mark.parametrize("broken", ["", "1:", "1:$argon2id$x", "nonsense"])
def test_a_broken_hash_fits_nothing(broken: str) -> None:
    assert not hashing.matches(KEYS, broken, Secret("zeBra27w"))


def test_the_dummy_fits_nothing_needs_no_rehash_and_costs_as_much() -> None:
    dummy = hashing.dummy_hash(KEYS, Limits())
    stored = hashing.hash_text(KEYS, Limits(), Secret("zeBra27w"))
    assert len(dummy) == len(stored)
    assert not hashing.needs_rehash(KEYS, Limits(), dummy)
    assert not hashing.matches(KEYS, dummy, Secret("zeBra27w"))

    def cost(text: str) -> float:
        began = time.thread_time()
        hashing.matches(KEYS, text, Secret("wrong77"))
        return time.thread_time() - began

    costs = [(cost(dummy), cost(stored)) for _ in range(9)]
    best_dummy, best_stored = (min(column) for column in zip(*costs, strict=True))
    assert 0.7 < best_dummy / best_stored < 1.4
