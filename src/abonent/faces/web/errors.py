"""The one map from refusals to pages.

Refusals that a form can show come back on its page, beside the field; the rest become a page that
says the fact, then the way out. Without a session every road leads to sign-in.
"""

from __future__ import annotations

from typing import Any, Literal
from uuid import uuid4

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from abonent.faces.web.render import Renderer
from abonent.faces.web.views import ErrorView
from abonent.kit import Refused

log = structlog.get_logger()
Asked = Request[Any, Any, Any]
Status = Literal["400", "403", "404", "429", "500"]

STATUS: dict[str, Status] = {
    "busy": "429",
    "flow-gone": "404",
    "not-found": "404",
    "operation-reused": "400",
    "step-up-required": "403",
    "too-many-attempts": "429",
}
"""Refusals that are pages of their own; all others have a form to stand on, or are a 400."""


class Forged(Exception):
    """A change without the token of one of our pages."""


def page_handlers() -> ExceptionHandlersMap:
    return {
        Refused: _on_refused,
        Forged: _on_forged,
        HTTPException: _on_http,
        Exception: _on_anything,
    }


def renderer_of(request: Asked) -> Renderer:
    return request.app.state.renderer  # type: ignore[no-any-return]


def error_page(
    request: Asked, status: Status, *, wait: str = "", trace: str = "", code: int | None = None
) -> Response[Any]:
    """The page of an error. A GET may be tried again from it."""
    renderer = renderer_of(request)
    again = request.method == "GET" and status in {"429", "500"}
    # A path of two slashes would lead to another host.
    retry = f"/{request.scope['path'].lstrip('/')}" if again else ""
    view = ErrorView(status, trace=trace, wait=wait, retry=retry)
    title = renderer.speak(request)(f"error.{status}-title")
    signed_in = renderer.cookies.session(request) is not None
    response = renderer.draw(
        request, "error.html", view, title=title, signed_in=signed_in, status=code or int(status)
    )
    return response


def wait_of(refused: Refused) -> int | None:
    seconds = refused.facts().get("wait_seconds")
    return seconds if isinstance(seconds, int) else None


def _on_refused(request: Asked, refused: Refused) -> Response[Any]:
    renderer = renderer_of(request)
    if refused.code == "signed-out":
        gone = Redirect("/sign-in", status_code=303)
        renderer.cookies.drop(gone, "session")
        return gone
    seconds = wait_of(refused)
    words = renderer.speak(request)
    wait = words.duration(seconds) if seconds is not None else ""
    response = error_page(request, STATUS.get(refused.code, "400"), wait=wait)
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


def _on_forged(request: Asked, _: Exception) -> Response[Any]:
    return error_page(request, "403")


def _on_http(request: Asked, error: HTTPException) -> Response[Any]:
    kinds: dict[int, Status] = {403: "403", 404: "404", 429: "429"}
    status = kinds.get(error.status_code, "400" if error.status_code < 500 else "500")
    return error_page(request, status, code=error.status_code)


def _on_anything(request: Asked, error: Exception) -> Response[Any]:
    trace = uuid4().hex[:12]
    log.error("internal", trace=trace, path=request.scope["path"], exc_info=error)
    return error_page(request, "500", trace=trace)
