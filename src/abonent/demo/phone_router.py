"""The addresses of the drawn phone. They are served only when the demo is started."""

from __future__ import annotations

from litestar import Router

from abonent.demo.phone_json import dial, messages, send_message
from abonent.demo.phone_page import phone_page, use_phone
from abonent.faces.api import check_body, problem_handlers

phone_routes: list[Router] = [
    Router(
        path="/",
        route_handlers=[messages, send_message, dial],
        # A form of a strange page can post, but it cannot say that it is JSON.
        before_request=check_body,
        exception_handlers=problem_handlers(),
        include_in_schema=False,
    ),
    Router(path="/", route_handlers=[phone_page, use_phone], include_in_schema=False),
]
