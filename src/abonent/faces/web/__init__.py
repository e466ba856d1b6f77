"""The web app: pages for people, drawn on the server, whole without JavaScript.

Each page is one action or one flow. A form that is refused comes back with what was typed (never
the password) and the reason beside its field. A cookie holds an opaque token, and every change is
guarded twice: by the Origin and by a token in the form.
"""

from abonent.faces.web.errors import page_handlers
from abonent.faces.web.headers import secured
from abonent.faces.web.render import Renderer
from abonent.faces.web.routes import web_router
from abonent.faces.web.theme import operator_css
from abonent.faces.web.views import DemoNumber, DemoPhoneView, DemoSms, LogLine

__all__ = [
    "DemoNumber",
    "DemoPhoneView",
    "DemoSms",
    "LogLine",
    "Renderer",
    "operator_css",
    "page_handlers",
    "secured",
    "web_router",
]
