"""Draws a page: the template, the words of the reader, the frame that all pages share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Context
from litestar import Request, Response

from abonent.faces.web.cookies import Cookies
from abonent.faces.web.theme import operator_css
from abonent.faces.web.views import Page, Section, Theme
from abonent.settings import Settings
from abonent.wording import Words, pick_language

Asked = Request[Any, Any, Any]
HERE = Path(__file__).parent
STATIC = HERE / "static"


class _Context(Context):
    """Calls what a template calls, and nothing else.

    The engine looks at every callable before it calls it, for those that want its own objects as
    first argument. Ours want none, and a page makes fifty calls.
    """

    def call(
        self,
        called: Callable[..., Any],
        /,
        *arguments: Any,
        _block_vars: object = None,
        _loop_vars: object = None,
        **named: Any,
    ) -> Any:
        return called(*arguments, **named)


class _Environment(Environment):
    context_class = _Context


class Renderer:
    """One for a process. `demo` puts the demo phone's links on the pages."""

    def __init__(self, settings: Settings, words: Mapping[str, Words], *, demo: bool) -> None:
        self.settings = settings
        self.words = words
        self.demo = demo
        self.cookies = Cookies(settings)
        colors = settings.operator.colors
        self.operator_css = operator_css({"light": colors.light, "dark": colors.dark})
        self.version = _version(self.operator_css)
        self._templates = _Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def speak(self, request: Asked) -> Words:
        """The words of the reader: chosen here, or wished by the browser."""
        chosen = self.cookies.choice(request, "language")
        if chosen in self.words:
            return self.words[chosen]
        wished = request.headers.get("accept-language")
        return self.words[pick_language(wished, languages=tuple(self.words))]

    def draw(
        self,
        request: Asked,
        template: str,
        view: object,
        *,
        title: str,
        current: Section = "",
        signed_in: bool = False,
        status: int = 200,
    ) -> Response[str]:
        """A page as an answer, with the form token it needs kept in a cookie."""
        words = self.speak(request)
        nonce = self.cookies.nonce(request)
        page = Page(
            title=title,
            lang=words.language,
            theme=self.theme(request),
            csrf=self.cookies.form_token(request, nonce),
            operator_name=words.operator,
            prefix=f"+{self.settings.operator.numbering.country_code}",
            signed_in=signed_in,
            path=request.scope["path"],
            current=current,
            demo=self.demo,
            version=self.version,
        )
        html = self._templates.get_template(template).render(page=page, view=view, t=words)
        response = Response(html, status_code=status, media_type="text/html")
        response.headers["Content-Language"] = words.language
        self.cookies.keep(response, "csrf", nonce)
        return response

    def theme(self, request: Asked) -> Theme:
        chosen = self.cookies.choice(request, "theme")
        return "dark" if chosen == "dark" else "light" if chosen == "light" else ""


def _version(extra: str) -> str:
    digest = hashlib.sha256(extra.encode())
    for file in sorted(STATIC.iterdir()):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:10]
