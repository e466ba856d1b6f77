"""Guesses of a password, and what became of them in a word."""

from __future__ import annotations

from abonent import access
from abonent.kit import Msisdn, Secret
from abonent.storage import Database
from tests import cast


async def guess(
    db: Database, number: Msisdn, password: str = "wrong77", there: access.Origin | None = None
) -> str | int:
    """ "wrong", "code", the tier that was opened, or how long to wait (as "wait 30")."""
    try:
        answer = await access.sign_in(
            db, msisdn=number, password=Secret(password), origin=there or cast.origin()
        )
    except access.WrongPair:
        return "wrong"
    except access.TooManyAttempts as refusal:
        return f"wait {refusal.wait_seconds}"
    return "code" if isinstance(answer, access.CodeAsked) else answer.session.tier


def from_address(index: int, device: Secret | None = None) -> access.Origin:
    return cast.origin(device, f"192.0.{index // 250}.{index % 250 + 1}")


def number(index: int) -> Msisdn:
    return Msisdn(f"+37533{5_000_000 + index}")
