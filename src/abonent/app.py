"""The one place where all meet: rooms, faces, words and reactions become one application.

The table REACTIONS says what follows from which fact; no room knows those above it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException

from abonent import lifecycle
from abonent.demo import phone_routes
from abonent.faces.api import (
    API_PREFIX,
    api_router,
    openapi_config,
    operations_router,
    problem_handlers,
)
from abonent.faces.jobs import Tools
from abonent.faces.web import Renderer, page_handlers, secured, web_router
from abonent.settings import Settings
from abonent.storage import Database, Fact, RecordedFact, reaction_operation
from abonent.wording import Style, Words, load, pick_language

if TYPE_CHECKING:
    from litestar.types import ASGIApp, ExceptionHandlersMap

VERSION = "0.1.0"


async def send_welcome(db: Database, recorded: RecordedFact) -> None:
    operation = reaction_operation(recorded.id, "send_welcome")
    await db.run(lifecycle.send_welcome, operation=operation, opened=recorded.fact)


REACTIONS: Mapping[type[Fact], Sequence[str]] = {lifecycle.NumberOpened: ("send_welcome",)}
REACT = {"send_welcome": send_welcome}


def speak(settings: Settings) -> Mapping[str, Words]:
    """The words of this operator's languages."""
    operator = settings.operator
    style = Style(
        currency_signs={operator.currency: operator.currency_signs},
        phone_pattern=operator.phone_pattern,
        time_zone=operator.time_zone,
        operator_names=operator.names,
        languages=tuple(operator.languages),
        dial_codes=msgspec.structs.asdict(operator.ussd),
    )
    return load(style)


def application(
    db: Database, words: Mapping[str, Words], *, demo: bool = False, close: bool = True
) -> ASGIApp:
    """The web app, the API and, in the demo alone, the drawn phone, over one database."""
    settings = db.settings
    renderer = Renderer(settings, words, demo=demo)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        yield
        if close:
            await db.close()

    app = Litestar(
        route_handlers=[
            web_router(),
            api_router(),
            operations_router(),
            *(phone_routes if demo else ()),
        ],
        dependencies={"db": Provide(lambda: db, sync_to_thread=False)},
        lifespan=[lifespan],
        openapi_config=openapi_config(f"Abonent: {settings.operator.names['en']}"),
        exception_handlers=_by_address(),
        request_max_body_size=settings.body_max_bytes,
        debug=False,
        logging_config=None,
    )
    app.state.renderer = renderer
    app.state.words = words
    app.state.speak = partial(_speak, words)
    return secured(app, tls=settings.secure)


def tools(db: Database, words: Mapping[str, Words]) -> Tools:
    """What the worker works with, without a link for SMS: that is the deployment's choice."""
    return Tools(db, words, reactions=REACT)


def _speak(words: Mapping[str, Words], accept_language: str | None) -> Words:
    return words[pick_language(accept_language, languages=tuple(words))]


def _by_address() -> ExceptionHandlersMap:
    """Answers to addresses that no router knows: problems below the API, pages elsewhere."""

    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        below_api = request.scope["path"].startswith(f"{API_PREFIX}/")
        handlers = problem_handlers() if below_api else page_handlers()
        kind = HTTPException if isinstance(error, HTTPException) else Exception
        return handlers[kind](request, error)

    return {HTTPException: answer, Exception: answer}
