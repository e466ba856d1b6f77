"""What a browser keeps for us, and the guard of every change.

Over TLS the names carry `__Host-`: bound to this host, no other may set them. On plain loopback
(a demo) that prefix cannot be, so the names carry the port, and two demos do not sign each other
out.
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import Any

from litestar import Request, Response

from abonent.kit import Secret
from abonent.settings import Settings

Asked = Request[Any, Any, Any]

_YEAR_SECONDS = 400 * 86400
_TOKEN_MAX = 128
_NONCE = re.compile(r"[A-Za-z0-9_-]{32,128}")


class Cookies:
    """The cookies of one deployment."""

    def __init__(self, settings: Settings) -> None:
        self._secure = settings.secure
        self._scheme = "https" if settings.secure else "http"
        self._life = settings.limits.session_life_seconds
        if settings.secure:
            self._name = "__Host-abonent-{}".format
        else:
            self._name = f"abonent-{settings.port}-{{}}".format

    def session(self, request: Asked) -> Secret | None:
        return self._secret(request, "session")

    def device(self, request: Asked) -> Secret | None:
        return self._secret(request, "device")

    def choice(self, request: Asked, name: str) -> str:
        """The chosen language or theme, or nothing."""
        return request.cookies.get(self._name(name), "")[:16]

    def nonce(self, request: Asked) -> str:
        """What this browser keeps for its forms; a new one when it has none, or a bent one."""
        given = request.cookies.get(self._name("csrf"), "")
        return given if _NONCE.fullmatch(given) else secrets.token_urlsafe(32)

    def form_token(self, request: Asked, nonce: str) -> str:
        """What the forms of a page carry: the nonce, and what only the session makes of it.

        A sibling of our host can plant a nonce of its own (old engines know no `__Host-`), but no
        token for somebody who is signed in.
        """
        session = request.cookies.get(self._name("session"), "")
        return f"{nonce}.{hmac.digest(session.encode(), nonce.encode(), 'sha256').hex()}"

    def guards(self, request: Asked, form_token: str, *, in_session: bool = True) -> bool:
        """Whether a change really comes from one of our own pages, made for this session.

        The Origin, where the engine sends one, must be ours too (old engines omit it and ignore
        SameSite, so the token alone must be enough). `in_session=False` is for a page that has
        nothing to do with who is signed in: there the nonce alone must fit.
        """
        origin = request.headers.get("origin")
        if origin not in (None, f"{self._scheme}://{request.headers.get('host', '')}"):
            return False
        given = request.cookies.get(self._name("csrf"), "")
        if not _NONCE.fullmatch(given):
            return False
        right = self.form_token(request, given)
        if not in_session:
            right, form_token = given, form_token.partition(".")[0]
        return hmac.compare_digest(right.encode(), form_token.encode())

    def keep(self, response: Response[Any], name: str, value: str, *, days: bool = True) -> None:
        """Set one. `days`: it outlives the browser."""
        life = self._life if name == "session" else _YEAR_SECONDS
        response.set_cookie(
            self._name(name),
            value,
            path="/",
            max_age=life if days else None,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def drop(self, response: Response[Any], name: str) -> None:
        response.set_cookie(
            self._name(name),
            "",
            path="/",
            max_age=0,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def _secret(self, request: Asked, name: str) -> Secret | None:
        value = request.cookies.get(self._name(name), "")
        return Secret(value) if 0 < len(value) <= _TOKEN_MAX else None
