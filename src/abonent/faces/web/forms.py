"""Forms as browsers post them: read within bounds, guarded, and never half."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

from litestar import Request
from litestar.exceptions import ClientException

from abonent import access
from abonent.faces.web.errors import Forged, renderer_of

Asked = Request[Any, Any, Any]

_FORM = "application/x-www-form-urlencoded"
_FIELDS_MAX = 20
_VALUE_MAX = 512


async def read_form(request: Asked) -> dict[str, str]:
    """The fields of a posted form. Forged when it is not from a page of ours.

    Only the plain encoding is read: our forms send no files. A field that is too long is cut where
    no rule of ours would still accept it.
    """
    given = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if given != _FORM:
        raise ClientException(status_code=415)
    try:
        text = (await request.body()).decode()
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS_MAX)
    except ValueError:
        raise ClientException(status_code=400) from None
    form = {name: value[:_VALUE_MAX] for name, value in pairs}
    if not renderer_of(request).cookies.guards(request, form.get("csrf", "")):
        raise Forged
    return form


def new_operation() -> str:
    """The key of an operation, made with the form that starts it."""
    return str(uuid4())


def key_of(form: dict[str, str]) -> str | None:
    """The operation's key from the form; none when somebody has bent it."""
    try:
        return str(UUID(form.get("operation", "")))
    except ValueError:
        return None


def origin_of(request: Asked) -> access.Origin:
    return access.Origin(
        device_token=renderer_of(request).cookies.device(request),
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", "")[:256],
        channel="web",
    )
