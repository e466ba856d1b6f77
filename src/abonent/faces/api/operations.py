"""What operations ask: is the process alive, can it answer."""

from __future__ import annotations

from litestar import Response, Router, get

from abonent.faces import Db
from abonent.storage import UNAVAILABLE


@get("/healthz", opt={"tier": "open"}, include_in_schema=False)
async def healthz(db: Db) -> Response[str]:
    """200 when home can be answered: the database is there and has its schema."""
    try:
        known = await db.value("SELECT to_regproc('overview.home') IS NOT NULL")
    except UNAVAILABLE:
        known = False
    return Response(
        "ok" if known else "no database",
        status_code=200 if known else 503,
        media_type="text/plain",
        headers={"Cache-Control": "no-store"},
    )


def operations_router() -> Router:
    return Router(path="/", route_handlers=[healthz])
