"""The JSON API, version 1: one contract for native clients, scripts and tests.

Errors are problems (RFC 9457) with the refusal's code and facts; money is a decimal string with its
currency; every figure that ages carries `as_of`. The OpenAPI document is generated from these
handlers, so a path that is not built is not in it.
"""

from abonent.faces.api.asking import check_body
from abonent.faces.api.document import API_PREFIX, openapi_config
from abonent.faces.api.operations import operations_router
from abonent.faces.api.problems import problem_handlers
from abonent.faces.api.routes import api_router

__all__ = [
    "API_PREFIX",
    "api_router",
    "check_body",
    "openapi_config",
    "operations_router",
    "problem_handlers",
]
