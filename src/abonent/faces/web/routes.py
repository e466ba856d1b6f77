"""The addresses of the web app. Each declares its lowest tier."""

from __future__ import annotations

from litestar import Router

from abonent.faces.web import cabinet, gate
from abonent.faces.web.errors import page_handlers
from abonent.faces.web.statics import static_file


def web_router() -> Router:
    return Router(
        path="/",
        route_handlers=[
            cabinet.home_page,
            cabinet.settings_page,
            cabinet.save_settings,
            cabinet.sign_out,
            cabinet.end_others,
            cabinet.help_page,
            gate.sign_in_page,
            gate.sign_in,
            gate.password_page,
            gate.request_password,
            gate.code_page,
            gate.confirm_password,
            gate.confirm_sign_in,
            gate.resend,
            static_file,
        ],
        exception_handlers=page_handlers(),
        include_in_schema=False,
    )
