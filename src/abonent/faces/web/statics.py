"""Our own scripts, sheet and sprite: read once, packed once, kept by browsers for a year.

Their addresses carry a version that changes with them. Nothing comes from elsewhere.
"""

from __future__ import annotations

import gzip
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from abonent.faces.web.errors import renderer_of
from abonent.faces.web.render import STATIC

Asked = Request[Any, Any, Any]

_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_FILES = {file.name: file.read_bytes() for file in STATIC.iterdir() if file.suffix in _KINDS}
_PACKED = {name: gzip.compress(body, 9, mtime=0) for name, body in _FILES.items()}


@get("/static/{name:str}", opt={"tier": "open"}, include_in_schema=False)
async def static_file(request: Asked, name: FromPath[str]) -> Response[bytes]:
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if name == "operator.css":
        body = renderer_of(request).operator_css.encode()
        return Response(body, media_type=_KINDS[".css"], headers=headers)
    if name not in _FILES:
        raise NotFoundException
    kind = _KINDS[name[name.rindex(".") :]]
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(_PACKED[name], media_type=kind, headers=headers)
    return Response(_FILES[name], media_type=kind, headers=headers)
