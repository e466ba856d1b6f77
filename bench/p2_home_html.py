"""P2: home as a page, by cookie; beside P1 of the same run."""

from __future__ import annotations

import urllib.request
from collections.abc import Sequence
from html import unescape

from abonent.app import speak
from abonent.kit import Msisdn
from bench import load
from bench.figures import Cost, Figure, WrongAnswer, of, ratios
from bench.sample import Sampled
from bench.stage import Stage

_CHECKED = 20
_CSRF = "c" * 43


def plan(stage: Stage, *, seconds: float) -> load.Plan:
    """Home of sampled subscribers, as a browser that was here before asks for it."""
    words = speak(stage.settings)["ru"]
    requests = [
        load.request(
            "GET",
            "/",
            expected=words.phone(Msisdn(one.msisdn)),
            accept="text/html",
            accept_language="ru-BY,ru;q=0.9,en;q=0.5",
            cookie=_cookies(stage, one),
        )
        for one in stage.sample
    ]
    return load.Plan(port=stage.port, requests=requests, seconds=seconds)


def check(stage: Stage) -> None:
    """The page shows the sum that the API gives, written by the words. Or WrongAnswer."""
    for one in stage.sample[:_CHECKED]:
        api = f"/api/v1/numbers/{one.subscription}/balance"
        told = _get(stage, api, {"Authorization": f"Bearer {one.token}"})
        figure = told.partition('"amount":"')[2].partition('"')[0].replace("-", "\u2212")
        whole, _, fraction = figure.partition(".")
        page = unescape(_get(stage, "/", {"Cookie": _cookies(stage, one)}))
        plain = page.replace("\u00a0", "").replace("\u202f", "")
        if f"{whole},{fraction}" not in plain:
            raise WrongAnswer(f"the page of subscription {one.subscription} lacks its balance")


def figures(pages: Sequence[Cost], json: Sequence[Cost]) -> list[Figure]:
    total = of(pages, lambda cost: cost.total_ms)
    return [
        Figure("P2", "home as HTML: application", "ms CPU", of(pages, lambda c: c.app_ms)),
        Figure("P2", "home as HTML: PostgreSQL", "ms CPU", of(pages, lambda c: c.database_ms)),
        Figure("P2", "home as HTML: together", "ms CPU", total, aim=2.2),
        Figure("P2", "HTML by JSON", "x", ratios(total, of(json, lambda c: c.total_ms))),
        Figure("P2", "home as HTML", "a second", of(pages, lambda c: c.a_second)),
        Figure("P2", "home as HTML, 8 at once: p50", "ms", of(pages, lambda c: c.p50_ms)),
        Figure("P2", "home as HTML, 8 at once: p99", "ms", of(pages, lambda c: c.p99_ms)),
    ]


def _cookies(stage: Stage, one: Sampled) -> str:
    name = f"abonent-{stage.port}"
    return f"{name}-session={one.token}; {name}-csrf={_CSRF}"


def _get(stage: Stage, path: str, headers: dict[str, str]) -> str:
    asked = urllib.request.Request(f"http://127.0.0.1:{stage.port}{path}", headers=headers)
    asked.add_header("Accept-Language", "ru")
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return str(answer.read().decode())
