"""The whole system as a person meets it: `abonent demo` in its own processes, a real Chromium.

Screenshots go to `screenshots/`, which git ignores: look at them beside the design.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from abonent.storage import erase

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "screenshots"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_START_SECONDS = 120


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


def missing(what: str) -> None:
    """A skipped real peer is a failure in CI, and is said aloud by hand."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"NOT TESTED: {what} is not installed")


@dataclass(frozen=True)
class System:
    """A running demo. `log` is everything its processes have printed."""

    address: str
    folder: Path
    log: Path
    process: subprocess.Popen[bytes]

    def messages(self, msisdn: str) -> list[str]:
        """The SMS of a phone, the newest first."""
        query = urllib.parse.urlencode({"msisdn": msisdn})
        with urllib.request.urlopen(f"{self.address}/demo/messages?{query}") as answer:
            return [one["text"] for one in json.load(answer)["items"]]

    def await_message(self, msisdn: str, part: str) -> bool:
        """Whether an SMS with these words comes: the worker brings it a moment later."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if any(part in text for text in self.messages(msisdn)):
                return True
            time.sleep(0.2)
        return False

    def code(self, msisdn: str, *, after: int = 0) -> str:
        """The code that came to a phone, once more than `after` messages are there."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            texts = self.messages(msisdn)
            for text in texts[: len(texts) - after]:
                for word in text.replace(".", " ").replace(",", " ").split():
                    if len(word) == 6 and word.isdigit():
                        return word
            time.sleep(0.2)
        raise AssertionError("no code came")

    def post(self, path: str, body: dict[str, object]) -> dict[str, object]:
        request = urllib.request.Request(
            f"{self.address}{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return dict(json.load(answer))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, *arguments: str) -> System:
    """Start a demo and wait until home answers."""
    port = free_port()
    environ = {**os.environ, "ABONENT_PORT": str(port), "ABONENT_DATA": str(folder)}
    environ.pop("ABONENT_DATABASE_URL", None)
    log = folder.with_suffix(".log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "abonent", "demo", *arguments],
            env=environ,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    system = System(f"http://127.0.0.1:{port}", folder, log, process)
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{system.address}/healthz", timeout=1):
                return system
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError(f"the demo did not start:\n{log.read_text()}")


def stop(system: System) -> int:
    system.process.send_signal(signal.SIGINT)
    return system.process.wait(30)


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = start(tmp_path_factory.mktemp("demo") / "data", "--subscribers", "30")
    yield running
    status = stop(running)
    erase(running.folder / "postgres")
    assert status == 0, running.log.read_text()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One for a file: while it is open, its event loop is in the way of asynchronous tests."""
    if CHROMIUM is None:
        missing("Chromium")
    with sync_playwright() as engine:
        browser = engine.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
            ],
        )
        yield browser
        browser.close()


SIZES = {
    "phone": {"width": 390, "height": 844},
    "tablet": {"width": 820, "height": 1180},
    "desktop": {"width": 1280, "height": 900},
}
Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, system: System) -> Iterator[Visit]:
    """Open a page on a device: size, theme, with JavaScript or without, in a language."""
    opened: list[BrowserContext] = []

    def open_page(
        path: str = "/",
        *,
        size: str = "phone",
        theme: str = "light",
        script: bool = True,
        language: str = "ru",
    ) -> Page:
        context = chromium.new_context(
            base_url=system.address,
            viewport=SIZES[size],  # type: ignore[arg-type]
            color_scheme=theme,  # type: ignore[arg-type]
            java_script_enabled=script,
            has_touch=size != "desktop",
            locale=language,
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(path)
        return page

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    def take(page: Page, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    return take
