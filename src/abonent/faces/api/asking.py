"""What every handler of the API asks of a request, and how it answers."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import SerializationException
from litestar.openapi import ResponseSpec

from abonent import access
from abonent.faces.api import shapes
from abonent.faces.api.problems import BadRequest, WrongContentType
from abonent.kit import Secret
from abonent.storage import Database

Asked = Request[Any, Any, Any]
JSON = "application/json"
encode = msgspec.json.Encoder().encode

PROBLEMS = {
    status: ResponseSpec(
        shapes.Problem,
        description="A problem (RFC 9457)",
        media_type="application/problem+json",
        generate_examples=False,
    )
    for status in (400, 401, 403, 404, 413, 415, 422, 429, 503)
}


def given(shape: type, status: int = 200, says: str = "The answer") -> dict[int, ResponseSpec]:
    """What an answer looks like, for the document: the handlers write the bytes themselves."""
    return {status: ResponseSpec(shape, description=says, generate_examples=False), **PROBLEMS}


async def check_body(request: Asked) -> None:
    """A body that does not say it is JSON is not read as JSON, and it can be read at all.

    The framework turns most of what is no JSON into its own word for it, but not bytes that are no
    text and not brackets without end.
    """
    if request.method not in {"POST", "PUT", "PATCH"}:
        return
    given = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if given != JSON:
        raise WrongContentType
    try:
        await request.json()
    except (SerializationException, UnicodeDecodeError, RecursionError):
        raise BadRequest from None


def origin_of(request: Asked, device_token: str | None) -> access.Origin:
    return access.Origin(
        device_token=Secret(device_token) if device_token else None,
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", "")[:256],
        channel="api",
    )


def token_of(request: Asked) -> Secret:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise access.SignedOut
    return Secret(token.strip())


async def session_of(request: Asked, db: Database, *, tier: int) -> access.Session:
    found = await access.find_session(db, token=token_of(request))
    if found is None:
        raise access.SignedOut
    if found.tier < tier:
        raise access.StepUpRequired
    return found


def answer(body: msgspec.Struct, status: int) -> Response[bytes]:
    headers = {"Cache-Control": "no-store"}
    return Response(encode(body), status_code=status, media_type=JSON, headers=headers)
