"""The addresses of the drawn phone. They are served only when the demo is started."""

from __future__ import annotations

from litestar import Router

from abonent.demo.phone_json import check_json, dial, messages, send_message
from abonent.demo.phone_page import phone_page, use_phone
from abonent.faces.api import problem_handlers

phone_routes: list[Router] = [
    Router(
        path="/",
        route_handlers=[messages, send_message, dial],
        before_request=check_json,
        exception_handlers=problem_handlers(),
        include_in_schema=False,
    ),
    Router(path="/", route_handlers=[phone_page, use_phone], include_in_schema=False),
]
