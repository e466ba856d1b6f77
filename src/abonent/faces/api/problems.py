"""The one map from refusals to HTTP: status, problem document, headers.

What is not a refusal and not the framework's own word is a bug: it becomes a 500 without details,
and its trace goes to the log under the same id that the asker sees.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import uuid4

import structlog
from litestar import Request, Response
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.types import ExceptionHandlersMap

from abonent.kit import Amount, Msisdn, Refused
from abonent.storage import UNAVAILABLE
from abonent.wording import Words

log = structlog.get_logger()

STATUS: Mapping[str, int] = {
    "bad-code-format": 400,
    "bad-field": 400,
    "bad-number": 400,
    "bad-password": 400,
    "bad-request": 400,
    "busy": 503,
    "code-expired": 410,
    "codes-exhausted": 403,
    "dialogue-gone": 404,
    "flow-gone": 404,
    "internal": 500,
    "method-not-allowed": 405,
    "not-found": 404,
    "operation-reused": 422,
    "resend-too-early": 429,
    "signed-out": 401,
    "step-up-required": 403,
    "too-large": 413,
    "too-many-attempts": 429,
    "unavailable": 503,
    "wrong-code": 403,
    "wrong-content-type": 415,
    "wrong-pair": 401,
}

_NAMED_FIELD = re.compile(r"field `(\w+)`")


class FaceRefused(Refused):
    """Refusals of this channel itself: the request was no request of ours."""


@dataclass(eq=False)
class BadRequest(FaceRefused):
    code: ClassVar[str] = "bad-request"


@dataclass(eq=False)
class BadField(FaceRefused):
    code: ClassVar[str] = "bad-field"
    field: str


@dataclass(eq=False)
class TooLarge(FaceRefused):
    code: ClassVar[str] = "too-large"


@dataclass(eq=False)
class WrongContentType(FaceRefused):
    code: ClassVar[str] = "wrong-content-type"


@dataclass(eq=False)
class NotFound(FaceRefused):
    code: ClassVar[str] = "not-found"


@dataclass(eq=False)
class MethodNotAllowed(FaceRefused):
    code: ClassVar[str] = "method-not-allowed"


@dataclass(eq=False)
class Unavailable(FaceRefused):
    code: ClassVar[str] = "unavailable"


@dataclass(eq=False)
class Internal(FaceRefused):
    code: ClassVar[str] = "internal"


def problem(words: Words, refused: Refused, *, trace: str = "") -> Response[dict[str, Any]]:
    """A refusal as `application/problem+json`, in the asked language."""
    status = STATUS[refused.code]
    facts = {name: plain(value) for name, value in refused.facts().items()}
    body = {
        "type": f"urn:abonent:{refused.code}",
        "title": words(f"title.{refused.code}"),
        "status": status,
        "code": refused.code,
        "detail": words.refusal(refused),
        **facts,
    }
    if trace:
        body["trace"] = trace
    headers = {"Content-Language": words.language, "Cache-Control": "no-store"}
    if status in {429, 503} and "wait_seconds" in facts:
        headers["Retry-After"] = str(facts["wait_seconds"])
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(
        body, status_code=status, media_type="application/problem+json", headers=headers
    )


def plain(value: object) -> object:
    """A fact as JSON: sums as decimal strings with their currency, numbers masked."""
    if isinstance(value, Amount):
        return {"amount": value.decimal(), "currency": value.asset}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Msisdn):
        return value.masked
    return value


def problem_handlers() -> ExceptionHandlersMap:
    """The handlers of a router that speaks problems."""
    return {
        Refused: _on_refused,
        HTTPException: _on_http,
        Exception: _on_anything,
    }


def words_of(request: Request[Any, Any, Any]) -> Words:
    return request.app.state.speak(request.headers.get("accept-language"))  # type: ignore[no-any-return]


def _on_refused(request: Request[Any, Any, Any], refused: Refused) -> Response[Any]:
    return problem(words_of(request), refused)


def _on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    return problem(words_of(request), translate(error))


def _on_anything(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    if isinstance(error, UNAVAILABLE):
        log.error("unavailable", kind=type(error).__name__)
        return problem(words_of(request), Unavailable())
    trace = uuid4().hex[:12]
    log.error("internal", trace=trace, path=request.scope["path"], exc_info=error)
    return problem(words_of(request), Internal(), trace=trace)


def translate(error: HTTPException) -> Refused:
    """The framework's own exceptions in our codes."""
    if isinstance(error, ValidationException):
        field = _first_field(error)
        return BadField(field) if field else BadRequest()
    if isinstance(error, NotFoundException):
        return NotFound()
    if isinstance(error, MethodNotAllowedException):
        return MethodNotAllowed()
    if error.status_code == 413:
        return TooLarge()
    if isinstance(error, ClientException) or error.status_code < 500:
        return BadRequest()
    return Internal()


def _first_field(error: ValidationException) -> str:
    """The field that does not fit, as far as the framework names it."""
    extra = error.extra if isinstance(error.extra, list) else []
    for item in extra:
        if not isinstance(item, dict):
            continue
        named = _NAMED_FIELD.search(str(item.get("message", "")))
        key = str(item.get("key", ""))
        if named:
            return named[1]
        if key and key != "data":
            return key
    return ""
