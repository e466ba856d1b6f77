"""The contract as a document: JSON for programs, and the same as a page for people.

Both are made of the handlers themselves. The page needs no script and nothing from elsewhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from litestar import Request, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

API_PREFIX = "/api/v1"

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@get("/openapi.json", opt={"tier": "open"}, include_in_schema=False)
async def openapi_document(request: Request[Any, Any, Any]) -> dict[str, Any]:
    return request.app.openapi_schema.to_schema()


class ReadablePage(OpenAPIRenderPlugin):
    """The document as one page: paths, what they take, what they answer."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        version = request.app.state.renderer.version
        page = _TEMPLATES.get_template("reference.html")
        return page.render(document=openapi_schema, version=version, named=named).encode()


def named(schema: dict[str, Any] | None) -> str:
    """What a schema is called on the page: "Money", "list of BucketShape", "string or null"."""
    if not schema:
        return ""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if choices := schema.get("oneOf") or schema.get("anyOf"):
        return " or ".join(named(choice) for choice in choices)
    kind = schema.get("type", "")
    if kind == "array":
        return f"list of {named(schema.get('items'))}"
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    plain = " or ".join(kind) if isinstance(kind, list) else str(kind)
    return f"{plain} ({schema['format']})" if "format" in schema else plain


def openapi_config(title: str) -> OpenAPIConfig:
    return OpenAPIConfig(
        title=title,
        version="1",
        path=f"{API_PREFIX}/reference",
        render_plugins=[ReadablePage(path="/")],
        components=Components(
            security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}
        ),
    )
