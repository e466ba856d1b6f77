"""The paths of the API. Each handler declares its lowest tier."""

from __future__ import annotations

from litestar import Router

from abonent.faces.api import numbers, sessions
from abonent.faces.api.asking import check_body
from abonent.faces.api.document import API_PREFIX, openapi_document
from abonent.faces.api.problems import problem_handlers


def api_router() -> Router:
    return Router(
        path=API_PREFIX,
        route_handlers=[
            sessions.sign_in,
            sessions.confirm_sign_in,
            sessions.resend_sign_in,
            sessions.request_password,
            sessions.confirm_password,
            sessions.resend_password,
            sessions.sessions,
            sessions.sign_out,
            sessions.end_session,
            numbers.home,
            numbers.balance,
            numbers.buckets,
            numbers.tariff,
            openapi_document,
        ],
        before_request=check_body,
        exception_handlers=problem_handlers(),
        security=[{"bearer": []}],
    )
