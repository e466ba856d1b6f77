"""Writes the web face's one style sheet, static/app.css, from the sources in look/.

Fills both themes in from theme.py, puts a literal value before every var() so that an engine
without custom properties still shows colours, and takes the blanks out.

    python tools/build_css.py            write the sheet
    python tools/build_css.py --check    exit 1 when the written sheet is stale
"""

from __future__ import annotations

import argparse
import re
import runpy
import sys
from collections.abc import Mapping
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "src" / "abonent" / "faces" / "web"
SOURCES = (WEB / "look" / "app.src.css", WEB / "look" / "pages.src.css")
SHEET = WEB / "static" / "app.css"

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARATION = re.compile(r"([\w-]+:[^;{}]*?)(?=[;}])")
_VAR = re.compile(r"var\(--([\w-]+)\)")


def build() -> str:
    """The whole sheet as one line of text."""
    # The file alone, not its package: a sheet can be built where no web framework is installed.
    theme = runpy.run_path(str(WEB / "theme.py"))
    light: Mapping[str, str] = theme["LIGHT"]
    dark: Mapping[str, str] = theme["DARK"]
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    head, rules = source.split("/*TOKENS*/")
    if _COMMENT.sub("", head).strip():
        raise ValueError("rules stand before /*TOKENS*/")
    squeezed = _squeeze(_COMMENT.sub("", rules))
    return _tokens(light, dark) + with_literals(squeezed, light) + "\n"


def with_literals(rules: str, tokens: Mapping[str, str]) -> str:
    """Put a copy with literal values before each declaration that uses a token."""

    def both(found: re.Match[str]) -> str:
        declaration = found.group(1)
        if "var(" not in declaration:
            return declaration
        return _VAR.sub(lambda name: tokens[name.group(1)], declaration) + ";" + declaration

    return _DECLARATION.sub(both, rules)


def _tokens(light: Mapping[str, str], dark: Mapping[str, str]) -> str:
    pale = _squeeze("".join(f"--{name}: {value};" for name, value in light.items()))
    deep = _squeeze("".join(f"--{name}: {value};" for name, value in dark.items()))
    deep += "color-scheme:dark"
    return (
        f":root{{{pale.rstrip(';')}}}"
        f"@media (prefers-color-scheme:dark){{html:not(.light){{{deep}}}}}html.dark{{{deep}}}"
    )


def _squeeze(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};,])\s*", r"\1", text)
    # Only after a property: a blank before a colon separates selectors.
    text = re.sub(r"(?<=[\w-]):\s+", ":", text)
    return text.replace(";}", "}").replace(" > ", ">").strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")
    check: bool = parser.parse_args().check
    wanted = build()
    if not check:
        SHEET.write_text(wanted, encoding="utf-8")
        return 0
    if SHEET.is_file() and SHEET.read_text(encoding="utf-8") == wanted:
        return 0
    print("static/app.css is stale: run python tools/build_css.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
