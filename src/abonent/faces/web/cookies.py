"""What a browser keeps for us, and the guard of every change.

Over TLS the names carry `__Host-`: bound to this host, no other may set them. On plain loopback
(a demo) that prefix cannot be, so the names carry the port, and two demos do not sign each other
out.
"""

from __future__ import annotations

import secrets
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response

from abonent.kit import Secret
from abonent.settings import Settings

Asked = Request[Any, Any, Any]

_YEAR_SECONDS = 400 * 86400
_TOKEN_MAX = 128


class Cookies:
    """The cookies of one deployment."""

    def __init__(self, settings: Settings) -> None:
        self._secure = settings.secure
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

    def csrf(self, request: Asked) -> str:
        """The token that forms of this browser carry; a new one when it has none yet."""
        given = request.cookies.get(self._name("csrf"), "")
        return given if 32 <= len(given) <= _TOKEN_MAX else secrets.token_urlsafe(32)

    def guards(self, request: Asked, form_token: str) -> bool:
        """Whether a change really comes from one of our own pages.

        The form's token equals the cookie's, and the Origin, where the engine sends one, is ours
        (old engines omit it and ignore SameSite, so the token alone must be enough).
        """
        given = request.cookies.get(self._name("csrf"), "")
        origin = request.headers.get("origin")
        ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
        return ours and bool(given) and compare_digest(given.encode(), form_token.encode())

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
