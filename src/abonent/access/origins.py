"""What attempts are counted by: keyed digests of number, device, address and guessed value.

Whoever reads the table of attempts without the key learns neither numbers nor addresses nor what
was tried. An address is an IPv6 /64 or an IPv4 address; behind the operator's own translators
(`nat_ranges`) thousands share one, so there a device is counted apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from uuid import UUID

from abonent.access.password_rule import normalise
from abonent.kit import Keys, Msisdn, Secret
from abonent.settings import Limits

_IPV6_PREFIX = 64
AGENT_MAX = 256


def number_key(keys: Keys, msisdn: Msisdn) -> bytes:
    return keys.digest("access.number", msisdn.e164)


def budget_key(keys: Keys, msisdn: Msisdn, known_device: UUID | None) -> bytes:
    """A known device has a budget of its own, which no stranger can use up."""
    if known_device is None:
        return keys.digest("access.budget", msisdn.e164)
    return keys.digest("access.budget", msisdn.e164, str(known_device))


def code_budget_key(keys: Keys, msisdn: Msisdn) -> bytes:
    return keys.digest("access.code-budget", msisdn.e164)


def value_key(keys: Keys, password: Secret) -> bytes:
    return keys.digest("access.value", normalise(password.reveal()))


def address_key(keys: Keys, limits: Limits, address: str, device: UUID | None) -> bytes:
    """An address that is no IP address (a link to a network) is taken as it stands."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return keys.digest("access.address", address)
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if any(ip in range_ for range_ in _ranges(limits.nat_ranges)):
        return keys.digest("access.address", str(ip), str(device or ""))
    if isinstance(ip, IPv6Address):
        return keys.digest("access.address", str(ip_network((ip, _IPV6_PREFIX), strict=False)))
    return keys.digest("access.address", str(ip))


def lock_numbers(digests: Sequence[bytes]) -> list[int]:
    """Advisory locks for digests: 64 bits of each, in the order given."""
    return [int.from_bytes(digest[:8], "big", signed=True) for digest in digests]


def plain(text: str, longest: int) -> str:
    """A text from outside as the database takes it: no NUL, no half characters, not endless."""
    whole = text[:longest].encode("utf-8", "replace").decode()
    return whole.replace("\x00", "")


@cache
def _ranges(texts: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(text, strict=False) for text in texts)
