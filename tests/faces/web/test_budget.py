"""What a page costs to load, and that its words and icons are all there and no more."""

from __future__ import annotations

import gzip
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import nodes

from tests.faces.web.sample_pages import LANGUAGES, PAGES, TEMPLATES, WEB, draw

ROOT = Path(__file__).resolve().parents[3]
STATIC = WEB / "static"
KIB = 1024
STANDING = {"operator"}  # a fact that the words bring themselves


def packed(*names: str) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def catalogue(language: str) -> dict[str, list[str]]:
    """Key → its texts (several for a plural)."""
    file = WEB.parents[1] / "wording" / "locale" / language / "web.po"
    with file.open("rb") as stream:
        entries = [entry for entry in read_po(stream, locale=language) if entry.id]
    return {
        (entry.id if isinstance(entry.id, str) else entry.id[0]): (
            [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
        )
        for entry in entries
    }


def placeholders(texts: list[str]) -> set[str]:
    return {name for text in texts for name in re.findall(r"{(\w+)}", text)}


def asked_texts() -> Iterator[tuple[str, str, set[str]]]:
    """(template, key, names of the facts given) of every t(…); a computed key is a pattern."""
    for name in TEMPLATES.list_templates():
        tree = TEMPLATES.parse((WEB / "templates" / name).read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "t":
                key = call.args[0]
                parts = key.nodes if isinstance(key, nodes.Concat) else [key]
                pattern = "".join(
                    re.escape(part.value) if isinstance(part, nodes.Const) else r"\w+"
                    for part in parts
                )
                yield name, pattern, {given.key for given in call.kwargs}


def test_style_sheet_keeps_its_budget() -> None:
    assert packed("app.css") <= 12 * KIB


def test_own_script_keeps_its_budget() -> None:
    assert packed("app.js") <= 8 * KIB


@pytest.mark.parametrize("name", ["sign-in", "home"])
def test_first_load_keeps_its_budget(name: str) -> None:
    page = len(gzip.compress(draw(name).encode()))
    assert page + packed("app.css", "app.js", "htmx.min.js", "icons.svg") + KIB <= 60 * KIB


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_seen_again_is_small(name: str) -> None:
    assert len(gzip.compress(draw(name).encode())) <= 12 * KIB


def test_written_style_sheet_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "build_css.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_variable_has_its_literal_before_it() -> None:
    sheet = (STATIC / "app.css").read_text(encoding="utf-8")
    rules = sheet.split("}}html.dark{")[1].split("}", 1)[1]
    for body in re.findall(r"{([^{}]*)}", rules):
        earlier: dict[str, str] = {}
        for declaration in filter(None, body.split(";")):
            name, value = declaration.split(":", 1)
            if "var(" in value:
                assert name in earlier and "var(" not in earlier[name], declaration
            earlier[name] = value


def test_a_stale_sheet_would_be_noticed() -> None:
    build = runpy.run_path(str(ROOT / "tools" / "build_css.py"))
    written: str = build["with_literals"]("a{color:var(--ink)}", {"ink": "#000"})
    assert written == "a{color:#000;color:var(--ink)}"
    assert build["build"]() != build["build"]().replace("#0f172d", "#0f172e")


def test_every_text_a_template_asks_for_exists_with_its_facts() -> None:
    asked = list(asked_texts())
    assert len(asked) > 100
    for language in LANGUAGES:
        texts = catalogue(language)
        for template, pattern, given in asked:
            keys = [key for key in texts if re.fullmatch(pattern, key)]
            assert keys, f"{template}: {pattern} is missing in {language}"
            for key in keys:
                missing = placeholders(texts[key]) - given - STANDING
                assert not missing, f"{template}: {key} ({language}) needs {missing}"


@pytest.mark.parametrize("language", ["be", "en"])
def test_languages_agree_in_keys_and_placeholders(language: str) -> None:
    russian, other = catalogue("ru"), catalogue(language)
    assert list(other) == list(russian)
    for key, texts in russian.items():
        names = placeholders(texts)
        assert all(placeholders([one]) == names for one in [*texts, *other[key]]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_keep_the_house_style(language: str) -> None:
    for key, texts in catalogue(language).items():
        for text in texts:
            assert text == text.strip() and "!" not in text and "  " not in text, key
            if language != "en":
                assert '"' not in text and not re.search(r"[\w,»] Вы\b", text), key
    forms = {len(texts) for texts in catalogue(language).values()}
    assert forms == ({1, 2} if language == "en" else {1, 3})


def test_sprite_holds_the_icons_of_the_pages_and_no_others() -> None:
    sprite = (STATIC / "icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    used = {icon for name in PAGES for icon in re.findall(r"icons\.svg\?v=1#([\w-]+)", draw(name))}
    assert drawn == used


def test_vendored_script_is_the_pinned_one_with_its_licence() -> None:
    assert 'version:"1.9.12"' in (STATIC / "htmx.min.js").read_text(encoding="utf-8")
    assert "Zero-Clause BSD" in (STATIC / "htmx.LICENSE.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "modern",
    [r"\basync\b", r"\bawait\b", r"\?\.", r"\?\?", r"\bfetch\(", r"\.\.\.", r"=>", r"\*\*="],
)
def test_own_script_speaks_the_language_of_old_engines(modern: str) -> None:
    script = re.sub(r"/\*.*?\*/", "", (STATIC / "app.js").read_text(encoding="utf-8"), flags=re.S)
    assert not re.search(modern, script)
