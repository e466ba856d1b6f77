"""Every page for everybody: axe finds nothing, the HTML is valid, nothing is cut off."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import ROOT, Visit, missing

OPEN = [
    "/sign-in",
    "/password",
    "/settings",
    "/help",
    "/nothing",
    "/demo/phone",
    "/api/v1/reference",
]
VALIDATE = ROOT / "tools" / "node" / "node_modules" / ".bin" / "html-validate"


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.locator("#msisdn").fill("330000001")
    page.locator("#password").fill("anna2026")
    page.locator("form[action='/sign-in'] button[type=submit]").click()
    page.wait_for_url("**/")


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_axe_finds_nothing(visit: Visit, theme: str, size: str) -> None:
    page = visit("/sign-in", theme=theme, size=size)
    found = {}
    for path in OPEN:
        page.goto(path)
        found[path] = violations(page)
    sign_in(page)
    for path in ("/", "/settings"):
        page.goto(path)
        found[f"{path} signed in"] = violations(page)
    assert {path: one for path, one in found.items() if one} == {}


@pytest.mark.parametrize("language", ["ru", "be", "en"])
def test_no_page_is_wider_than_a_small_screen_at_double_text(visit: Visit, language: str) -> None:
    page = visit("/sign-in", language=language)
    sign_in(page)
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ["/", *OPEN]:
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"


def test_the_pages_are_valid_html(visit: Visit, tmp_path: Path) -> None:
    if not VALIDATE.exists():
        missing("html-validate (npm ci --prefix tools/node)")
    page = visit("/sign-in", script=False)
    for number, path in enumerate(OPEN):
        answer = page.request.get(path)
        (tmp_path / f"{number}.html").write_text(answer.text())
    sign_in(page)
    for path in ("/", "/settings"):
        name = path.strip("/") or "home"
        (tmp_path / f"in-{name}.html").write_text(page.request.get(path).text())
    config = ROOT / "tools" / "node" / "htmlvalidate.json"
    checked = subprocess.run(
        [VALIDATE, "--config", config, *sorted(tmp_path.glob("*.html"))],
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
