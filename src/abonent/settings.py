"""All that can be configured: the operator's profile (a TOML file) and the process (environment).

The values of the limits are the product's defaults; an operator's profile may tighten them in its
table `[limits]`. Secrets stand in a folder of their own, outside the database and the repository.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

PROFILES = Path(__file__).parent / "profiles"

Digits = Annotated[str, Meta(pattern="^[0-9]+$")]

_PORT_MAX = 65535
_YES = frozenset(("1", "true", "yes"))
_NO = frozenset(("", "0", "false", "no"))


class SettingsWrong(Exception):
    """The configuration does not fit; the message names the value and what would fit."""


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Numbering(Struct, frozen=True):
    region: str
    country_code: Digits
    national_digits: int


class UssdCodes(Struct, frozen=True):
    password: str
    balance: str
    menu: str


class PasswordNames(Struct, frozen=True):
    own_names: list[str]


class Colors(Struct, frozen=True):
    light: dict[str, str]
    dark: dict[str, str]


class Operator(Struct, frozen=True):
    """What one operator is: names, currency, numbers, words, colours."""

    code: str
    currency: Literal["BYN", "RUB"]
    languages: Annotated[list[Literal["ru", "be", "en"]], Meta(min_length=1)]
    time_zone: str
    sms_sender: str
    phone_pattern: str
    number_prefix: Digits
    names: dict[str, str]
    currency_signs: dict[str, str]
    numbering: Numbering
    ussd: UssdCodes
    password: PasswordNames
    colors: Colors


class Limits(Struct, frozen=True):
    """The limits of access. Times in seconds, counts in whole numbers."""

    # Wrong passwords of one number: so many free, then these waits, then closed for the window.
    guesses_free_max: int = 5
    guess_waits_seconds: tuple[int, ...] = (30, 60, 300, 900, 3600)
    guesses_a_day_max: int = 10
    guesses_in_a_row_max: int = 50
    # Wrong passwords from one address.
    address_failures_an_hour_max: int = 20
    address_numbers_an_hour_max: int = 10
    nat_ranges: tuple[str, ...] = ()
    # The same guessed value on so many numbers.
    value_numbers_an_hour_max: int = 20
    # Above the mean hour of the last seven days: attack mode.
    attack_failures_above_mean: int = 1000
    # One-time codes.
    code_life_seconds: int = 300
    code_attempts_max: int = 5
    code_failures_a_day_max: int = 10
    code_failures_a_month_max: int = 30
    resend_waits_seconds: tuple[int, ...] = (60, 120, 300)
    flows_an_hour_max: int = 3
    flows_a_day_max: int = 5
    flow_numbers_an_hour_per_address_max: int = 10
    # Sessions.
    session_idle_seconds: int = 14 * 86400
    session_life_seconds: int = 30 * 86400
    new_device_requires_proof: bool = False
    # Hashing: argon2id over the peppered password.
    argon2_memory_kib: int = 19456
    argon2_passes: int = 2
    hash_queue_max: int = 64


class UssdLink(Struct, frozen=True):
    """What one link to a network can show, and how long a dialogue may stay open."""

    screen_max_gsm: int = 128
    screen_max_ucs2: int = 56
    dialogue_seconds: int = 90


class Settings(Struct, frozen=True):
    operator: Operator
    folder: Path
    limits: Limits = Limits()
    ussd: UssdLink = UssdLink()
    database_url: str | None = None
    owner_url: str | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=_PORT_MAX)] = 8000
    tls_proxy: bool = False
    body_max_bytes: int = 64 * 1024

    @property
    def currency(self) -> Literal["BYN", "RUB"]:
        return self.operator.currency

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over TLS: then cookies take the `__Host-` prefix."""
        return self.tls_proxy


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment. SettingsWrong says which value does not fit."""
    env = os.environ if environ is None else environ
    name = env.get("ABONENT_PROFILE") or "by"
    file = PROFILES / f"{name}.toml" if name.isidentifier() else Path(name)
    process = _process(env)
    try:
        profile = tomllib.loads(file.read_text(encoding="utf-8"))
        settings = msgspec.convert({**profile, **process}, Settings, strict=False, dec_hook=_path)
        _check(settings.operator)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise SettingsWrong(f"ABONENT_PROFILE, the file {file}: {_one_line(error)}") from None
    if settings.host not in {"127.0.0.1", "::1", "localhost"} and not settings.tls_proxy:
        raise SettingsWrong(
            "ABONENT_HOST is not a loopback address: plain http is for loopback only. "
            "Put a TLS proxy in front and declare it with ABONENT_TLS_PROXY=1."
        )
    return settings


def _check(operator: Operator) -> None:
    """What the types cannot say. Raises ValueError."""
    try:
        ZoneInfo(operator.time_zone)
    except (LookupError, OSError, ValueError):
        raise ValueError(f"there is no time zone {operator.time_zone!r}") from None
    for table, texts in (("names", operator.names), ("currency_signs", operator.currency_signs)):
        if missing := sorted(set(operator.languages) - set(texts)):
            raise ValueError(f"operator.{table} has nothing for {', '.join(missing)}")


def _one_line(error: Exception) -> str:
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(told.split())


def _path(kind: type, value: object) -> Path:
    if kind is not Path:
        raise NotImplementedError(kind)
    return Path(str(value))


def _process(env: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {
        "folder": str(Path(env.get("ABONENT_DATA") or ".var").absolute()),
        "database_url": _url("ABONENT_DATABASE_URL", env.get("ABONENT_DATABASE_URL")),
        "owner_url": _url("ABONENT_DATABASE_OWNER_URL", env.get("ABONENT_DATABASE_OWNER_URL")),
        "tls_proxy": _yes("ABONENT_TLS_PROXY", env.get("ABONENT_TLS_PROXY") or "0"),
    }
    if host := env.get("ABONENT_HOST"):
        values["host"] = host
    if port := env.get("ABONENT_PORT"):
        values["port"] = _port("ABONENT_PORT", port)
    return values


def _port(name: str, given: str) -> int:
    if given.isascii() and given.isdecimal() and 0 < int(given[:6]) <= _PORT_MAX:
        return int(given)
    raise SettingsWrong(f"{name} is {given[:40]!r}, but a port is a number from 1 to {_PORT_MAX}.")


def _yes(name: str, given: str) -> bool:
    if given.lower() in _YES | _NO:
        return given.lower() in _YES
    raise SettingsWrong(f"{name} is {given[:40]!r}, but it can be 1 or 0.")


def _url(name: str, given: str | None) -> str | None:
    """The URL as it was given. What is wrong is never shown: a password may stand in it."""
    if not given:
        return None
    try:
        parts = urlsplit(given)
        hosts = parts.netloc.rpartition("@")[2].split(",")  # several are standbys of each other
        ports = [urlsplit(f"//{host}").port for host in hosts]
    except ValueError:
        ports = []
    if not ports or parts.scheme not in {"postgresql", "postgres"}:
        raise SettingsWrong(
            f"{name} cannot be read. It has to look like postgresql://user@host:5432/database."
        )
    return given


def replace(settings: Settings, **changes: object) -> Settings:
    """The same settings with some values changed."""
    return msgspec.structs.replace(settings, **changes)
