"""An application that has the drawn phone and nothing else, and a browser to use it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx
from litestar import Litestar
from litestar.di import Provide

from abonent.demo.phone_router import phone_routes
from abonent.faces.web import Renderer
from abonent.storage import Database
from abonent.wording import Words, pick_language
from tests.phones import spoken


def browser(db: Database) -> httpx.AsyncClient:
    """A device with its cookies. The application runs in the event loop of the test."""
    app: Any = phone_app(db)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", follow_redirects=True
    )


def phone_app(db: Database) -> Litestar:
    words = spoken(db.settings)
    app = Litestar(
        route_handlers=phone_routes,
        dependencies={"db": Provide(lambda: db, sync_to_thread=False)},
        openapi_config=None,
        logging_config=None,
    )
    app.state.words = words
    app.state.renderer = Renderer(db.settings, words, demo=True)
    app.state.speak = partial(_speak, words)
    return app


def _speak(words: Mapping[str, Words], wished: str | None) -> Words:
    return words[pick_language(wished, languages=tuple(words))]
