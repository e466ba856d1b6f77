"""Every page in every state and language is sound HTML that a strict policy lets through."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from tests.faces.web.sample_pages import LANGUAGES, PAGES, draw

VOID = {"meta", "link", "input", "br", "hr"}
FIELDS_TO_TOKENS = {"current-password", "new-password", "tel", "one-time-code", "off"}
Tag = tuple[str, dict[str, str | None]]


@dataclass
class Seen(HTMLParser):
    tags: list[Tag] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"attribute twice on {tag}: {names}")
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag in names]


def look(name: str, language: str = "ru") -> Seen:
    seen = Seen()
    seen.feed(draw(name, language))
    return seen


EVERY_PAGE = pytest.mark.parametrize("name", list(PAGES))


@EVERY_PAGE
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_draws_in_its_language_with_all_tags_closed(name: str, language: str) -> None:
    seen = look(name, language)
    assert seen.faults == [] and seen.open == []
    assert seen.all("html")[0]["lang"] == language
    assert len(seen.all("h1")) == 1 and len(seen.all("main")) == 1


@EVERY_PAGE
def test_ids_are_unique_and_references_lead_somewhere(name: str) -> None:
    seen = look(name)
    ids = [str(attrs["id"]) for _, attrs in seen.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in seen.tags:
        for reference in ("for", "aria-describedby", "aria-labelledby", "data-reveal", "data-keys"):
            assert set((attrs.get(reference) or "").split()) <= set(ids), reference


@EVERY_PAGE
def test_nothing_inline_that_the_policy_forbids(name: str) -> None:
    html = draw(name)
    assert not re.search(r"<style|javascript:|\shx-|<script(?![^>]*\ssrc=\"/static/)", html)
    for _, attrs in look(name).tags:
        assert "style" not in attrs and not any(key.startswith("on") for key in attrs)


@EVERY_PAGE
def test_every_field_has_a_label_and_a_password_is_never_sent_back(name: str) -> None:
    seen = look(name)
    labelled = {attrs.get("for") for attrs in seen.all("label")}
    for attrs in seen.all("input"):
        kind = attrs["type"]
        if kind in {"hidden", "radio"}:
            continue
        assert attrs.get("id") in labelled
        assert kind != "password" or "value" not in attrs
        assert attrs.get("autocomplete", "off") in FIELDS_TO_TOKENS
    assert all(attrs.get("type") in {"submit", "button"} for attrs in seen.all("button"))


@EVERY_PAGE
def test_every_change_carries_the_token_of_the_page(name: str) -> None:
    html = draw(name)
    posts = re.findall(r'<form[^>]*method="post".*?</form>', html, flags=re.S)
    assert all('name="csrf" value="token"' in form for form in posts)
    assert html.count('method="post"') == len(posts)


@EVERY_PAGE
def test_a_control_without_words_has_a_name(name: str) -> None:
    html = draw(name)
    for kind in ("a", "button"):
        for attrs, inner in re.findall(rf"<{kind}\b([^>]*)>(.*?)</{kind}>", html, flags=re.S):
            words = re.sub(r"<[^>]+>", "", inner).strip()
            assert words or "aria-label=" in attrs, inner


def test_what_was_typed_is_escaped() -> None:
    from abonent.faces.web import views

    kept = PAGES["sign-in"]
    try:
        PAGES["sign-in"] = ("sign_in", views.SignInView("op", "*1#", '"><b>x</b>', refusal="<i>"))
        html = draw("sign-in")
    finally:
        PAGES["sign-in"] = kept
    assert "<b>x</b>" not in html and "<i>" not in html


@pytest.mark.parametrize("theme", ["", "light", "dark"])
def test_a_pinned_theme_is_a_class_of_the_root(theme: str) -> None:
    html = draw("home", theme=theme)  # type: ignore[arg-type]
    assert (f'<html lang="ru" class="{theme}">' in html) == bool(theme)


def test_home_says_what_is_left_in_words_and_draws_it_in_percent() -> None:
    html = draw("home")
    assert "осталось 6,2 ГБ из 10 ГБ" in html and 'stroke-dasharray="62 100"' in html
    assert "Следующее списание" in html and "Остатки пакетов" in html and "Баланс" in html


def test_unknown_balance_is_a_dash_without_currency() -> None:
    html = draw("home, unknown")
    assert '<div class="hero-sum">—</div>' in html


def test_sessions_are_ended_only_where_there_are_others() -> None:
    assert "/sessions/end-others" in draw("settings")
    assert "/sessions/end-others" not in draw("settings, alone")
    assert "/sign-out" not in draw("settings, signed out")
