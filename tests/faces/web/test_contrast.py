"""Every pair of colours in use stays readable, in both themes and under an operator's colours."""

from __future__ import annotations

import re
from itertools import product

import pytest

from abonent.faces.web.theme import (
    DARK,
    LIGHT,
    OPERATOR_TOKENS,
    PAIRS,
    THEMES,
    contrast,
    failures,
    operator_css,
)
from abonent.settings import load

# Colours that belong to a drawn thing and not to a theme: (on top, below, least ratio).
FIXED = [
    ("#4a3000", "#ffedc4", 4.5),  # the warning on the balance card
    ("#ffffff", "#566081", 4.5),  # the card of a blocked number, under its watermark
    ("#15241a", "#dfe8dd", 4.5),  # the screen of the button phone
    ("#15241a", "#f0f4ef", 4.5),  # its field
    ("#ffffff", "#3a4768", 4.5),  # its keys
    ("#ffffff", "#1f7f51", 4.5),
    ("#ffffff", "#b8333b", 4.5),
    ("#3654d1", "#dfe8dd", 3.0),  # the ring of its focus
]


def own_colors() -> dict[str, dict[str, str]]:
    return {
        theme: {token: tokens[token] for token in OPERATOR_TOKENS}
        for theme, tokens in THEMES.items()
    }


def test_ratio_of_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", list(THEMES))
def test_no_pair_in_use_falls_below_its_ratio(theme: str) -> None:
    assert failures(THEMES[theme]) == []


@pytest.mark.parametrize(("over", "under", "least"), FIXED)
def test_fixed_colours_of_drawn_things_are_readable(over: str, under: str, least: float) -> None:
    assert contrast(over, under) >= least


def test_both_themes_name_the_same_tokens() -> None:
    assert list(LIGHT) == list(DARK)


def test_a_spoiled_colour_is_found() -> None:
    assert failures({**LIGHT, "ink3": "#b0b8cc"})[0].startswith("ink3 on bg: ")


@pytest.mark.parametrize("profile", ["by", "ru"])
def test_shipped_operators_pass_the_table(profile: str) -> None:
    colors = load({"ABONENT_PROFILE": profile}).operator.colors
    sheet = operator_css({"light": colors.light, "dark": colors.dark})
    assert f"--accent:{colors.light['accent']}" in sheet
    assert f"html.dark{{--accent:{colors.dark['accent']}" in sheet


@pytest.mark.parametrize(
    ("theme", "token", "color", "pair"),
    [
        ("light", "accent", "#8fa2f0", "on-accent on accent: "),
        ("light", "hero1", "#8899ee", "on-accent on hero1: "),
        ("light", "accent-ink", "#7f93e8", "accent-ink on bg: "),
        ("dark", "accent-soft", "#8a97d8", "accent-soft: "),
    ],
)
def test_an_operators_pale_colour_is_refused_with_pair_and_ratio(
    theme: str, token: str, color: str, pair: str
) -> None:
    colors = own_colors()
    colors[theme][token] = color
    with pytest.raises(ValueError, match=re.escape(pair)) as refused:
        operator_css(colors)
    assert re.fullmatch(rf"{theme}: .+: \d+\.\d\d, needs (4\.5|3\.0)", str(refused.value))


@pytest.mark.parametrize("color", ["red", "#fff", "#12345g", "#3654d1;}", "", "url(x)"])
def test_what_is_no_colour_is_refused(color: str) -> None:
    colors = own_colors()
    colors["light"]["accent"] = color
    with pytest.raises(ValueError, match="light: accent must be a colour"):
        operator_css(colors)


def test_a_missing_or_foreign_colour_is_refused() -> None:
    for theme, token in product(THEMES, ("accent", "ink")):
        colors = own_colors()
        if colors[theme].pop(token, None) is None:
            colors[theme][token] = "#000000"
        with pytest.raises(ValueError, match=f"{theme}: give exactly these colours"):
            operator_css(colors)
    with pytest.raises(ValueError, match="two themes"):
        operator_css({"light": own_colors()["light"]})


def test_every_token_of_the_table_exists() -> None:
    named = {token for over, under, _ in PAIRS for token in (over, under)}
    assert named - set(LIGHT) == {"watermark"}
