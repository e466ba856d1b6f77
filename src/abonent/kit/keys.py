"""The keys that live outside the database, and the three things done with them.

Whoever steals a dump of the database has neither passwords nor codes nor messages: passwords are
peppered, codes and numbers are stored as keyed digests, secret texts are sealed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class SealBroken(Exception):
    """The sealed bytes were not made with this key for this context."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """`peppers` by key id (the newest is `pepper_id`), one key for digests, one for sealing."""

    peppers: dict[str, bytes]
    pepper_id: str
    digest_key: bytes
    seal_key: bytes
    _sealer: AESGCM = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sealer", AESGCM(self.seal_key))

    def pepper(self, key_id: str, password: str) -> bytes:
        """HMAC-SHA256(pepper, password): what argon2 hashes. KeyError for an unknown key id."""
        return hmac.digest(self.peppers[key_id], password.encode(), "sha256")

    def digest(self, purpose: str, *parts: str) -> bytes:
        """A keyed digest (32 bytes) of the parts, of no use for another purpose."""
        text = "\x1f".join((purpose, *parts))
        return hmac.digest(self.digest_key, text.encode(), "sha256")

    def seal(self, text: str, context: str) -> bytes:
        """Encrypt a text so that it opens only under the same context (AES-256-GCM)."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._sealer.encrypt(nonce, text.encode(), context.encode())

    def open(self, sealed: bytes, context: str) -> str:
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._sealer.decrypt(nonce, body, context.encode()).decode()
        except InvalidTag:
            raise SealBroken(context) from None

    def __repr__(self) -> str:
        return "Keys(***)"


def token_digest(token: str) -> bytes:
    """SHA-256 of a 256-bit random token: what stands at rest instead of it."""
    return hashlib.sha256(token.encode()).digest()
