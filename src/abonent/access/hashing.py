"""Passwords at rest: argon2id over HMAC-SHA256(pepper, password), as "<pepper id>:<PHC string>".

The pepper lies outside the database, so a stolen dump gives nobody anything to guess against. All
of this is work for `db.compute`: tens of milliseconds of a core and 19 MiB each.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from functools import cache

from argon2 import Parameters, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION, Type, hash_secret, verify_secret

from abonent.access.password_rule import normalise
from abonent.kit import Keys, Secret
from abonent.settings import Limits

_HASH_BYTES = 32
_SALT_BYTES = 16
_LANES = 1


def hash_text(keys: Keys, limits: Limits, password: Secret) -> str:
    """What is stored for a password."""
    phc = hash_secret(
        keys.pepper(keys.pepper_id, normalise(password.reveal())),
        secrets.token_bytes(_SALT_BYTES),
        time_cost=limits.argon2_passes,
        memory_cost=limits.argon2_memory_kib,
        parallelism=_LANES,
        hash_len=_HASH_BYTES,
        type=Type.ID,
    )
    return f"{keys.pepper_id}:{phc.decode()}"


def matches(keys: Keys, stored: str, password: Secret) -> bool:
    """Whether this is the password that was stored. Costs one hash, right or wrong."""
    pepper_id, _, phc = stored.partition(":")
    text = normalise(password.reveal())
    known = pepper_id in keys.peppers
    peppered = keys.pepper(pepper_id if known else keys.pepper_id, text)
    try:
        return verify_secret(phc.encode(), peppered, Type.ID) and known
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(keys: Keys, limits: Limits, stored: str) -> bool:
    """Whether the parameters or the pepper have changed since."""
    pepper_id, _, phc = stored.partition(":")
    return pepper_id != keys.pepper_id or extract_parameters(phc) != _parameters(limits)


def dummy_hash(keys: Keys, limits: Limits) -> str:
    """A hash that no password fits and that costs what a real one costs.

    Made of random bytes, so that no hash is spent on it.
    """
    return f"{keys.pepper_id}:{_dummy_phc(limits.argon2_memory_kib, limits.argon2_passes)}"


@cache
def _dummy_phc(memory_kib: int, passes: int) -> str:
    salt, digest = (
        b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (_SALT_BYTES, _HASH_BYTES)
    )
    cost = f"m={memory_kib},t={passes},p={_LANES}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


def _parameters(limits: Limits) -> Parameters:
    return Parameters(
        type=Type.ID,
        version=ARGON2_VERSION,
        salt_len=_SALT_BYTES,
        hash_len=_HASH_BYTES,
        time_cost=limits.argon2_passes,
        memory_cost=limits.argon2_memory_kib,
        parallelism=_LANES,
    )
