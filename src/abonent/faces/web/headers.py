"""Headers that every answer carries, and the wall against bodies that are too large.

The policy allows nothing but our own files: no inline script or style, no frame around us, no form
that leads elsewhere. Personal answers are stored nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar.enums import ScopeType

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
_FIXED = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"accelerometer=(), camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
)
_TLS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


def secured(app: ASGIApp, *, tls: bool) -> ASGIApp:
    """The app with these headers on every answer. `tls` adds HSTS."""
    fixed = (*_FIXED, _TLS) if tls else _FIXED

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                given = {name.lower() for name, _ in headers}
                headers += [(name, value) for name, value in fixed if name not in given]
                if b"cache-control" not in given:
                    headers.append((b"cache-control", b"no-store"))
                message["headers"] = headers
            await send(message)

        await app(scope, receive, send_secured)

    return call
