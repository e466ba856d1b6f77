"""The colours of both themes, and the law they obey: no pair in use falls below its contrast.

Text needs 4.5 to 1, controls and figures 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11). `tools/build_css.py`
writes the tokens into the style sheet; an operator replaces six of them through its profile, and
colours that would break the law are refused when the configuration is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

LIGHT: dict[str, str] = {
    "bg": "#f3f5fa",
    "surface": "#ffffff",
    "sunken": "#eaeef7",
    "line": "#dfe4ef",
    "edge": "#7f8aa5",
    "ink": "#0f172d",
    "ink2": "#46516d",
    "ink3": "#5d6883",
    "accent": "#3654d1",
    "accent-press": "#2a43ae",
    "accent-ink": "#2f4bc2",
    "accent-soft": "#e5eafc",
    "on-accent": "#ffffff",
    "hero1": "#3f5ddb",
    "hero2": "#2b3fa9",
    "glow": "rgba(43, 63, 169, .26)",
    "veil": "rgba(10, 14, 26, 0)",
    "ok": "#0c7246",
    "warn": "#855400",
    "warn-soft": "#fdefd0",
    "bad": "#b8232c",
    "bad-soft": "#fde7e7",
    "track": "#e1e6f2",
    "c1": "#4a69e2",
    "c3": "#b9770e",
    "shade": "0 1px 2px rgba(20, 32, 74, .05), 0 6px 20px rgba(20, 32, 74, .05)",
}
DARK: dict[str, str] = {
    "bg": "#0a0e1a",
    "surface": "#151b2d",
    "sunken": "#212a42",
    "line": "#2a3350",
    "edge": "#707c9e",
    "ink": "#eff2fb",
    "ink2": "#b4bdd6",
    "ink3": "#98a3c0",
    "accent": "#4d69e4",
    "accent-press": "#435ed6",
    "accent-ink": "#abbcff",
    "accent-soft": "#232e58",
    "on-accent": "#ffffff",
    "hero1": "#3a55cc",
    "hero2": "#1f2c78",
    "glow": "rgba(0, 0, 0, 0)",
    # A dark room: the one strong colour of the screen is drawn a third quieter.
    "veil": "rgba(10, 14, 26, .3)",
    "ok": "#62d69f",
    "warn": "#f2bf57",
    "warn-soft": "#3a2d12",
    "bad": "#ff9590",
    "bad-soft": "#471f27",
    "track": "#2a3350",
    "c1": "#7b95ff",
    "c3": "#e0a03c",
    "shade": "0 0 0 1px rgba(255, 255, 255, .03)",
}
THEMES: dict[str, dict[str, str]] = {"light": LIGHT, "dark": DARK}

OPERATOR_TOKENS = ("accent", "accent-press", "accent-ink", "accent-soft", "hero1", "hero2")

_TEXT = (
    ("ink", "bg surface sunken warn-soft bad-soft accent-soft"),
    ("ink2", "bg surface sunken accent-soft"),
    ("ink3", "bg surface sunken"),
    ("accent-ink", "bg surface sunken accent-soft"),
    ("on-accent", "accent accent-press hero1 hero2 watermark"),
    ("ok", "bg surface"),
    ("warn", "warn-soft"),
    ("bad", "bg surface bad-soft"),
)
_FIGURES = (
    ("edge", "bg surface"),
    ("accent", "bg surface"),
    ("c1", "surface track"),
    ("c3", "surface"),
)
PAIRS: tuple[tuple[str, str, float], ...] = tuple(
    (over, under, least)
    for table, least in ((_TEXT, 4.5), (_FIGURES, 3.0))
    for over, grounds in table
    for under in grounds.split()
)
"""(colour on top, colour below, least ratio); "watermark" is hero1 under the pale flower."""

_HEX = re.compile(r"#[0-9a-f]{6}")
_WATERMARK = 0.07


def contrast(first: str, second: str) -> float:
    """The WCAG ratio of two colours `#rrggbb`, from 1.0 to 21.0."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def failures(tokens: Mapping[str, str]) -> list[str]:
    """The pairs of PAIRS that these tokens fail, as «ink on bg: 3.91, needs 4.5»."""
    seen = {**tokens, "watermark": _whiter(tokens["hero1"], _WATERMARK)}
    found = []
    for over, under, least in PAIRS:
        ratio = contrast(seen[over], seen[under])
        if ratio < least:
            found.append(f"{over} on {under}: {ratio:.2f}, needs {least}")
    return found


def operator_css(colors: Mapping[str, Mapping[str, str]]) -> str:
    """The operator's colours as a sheet that follows app.css.

    `colors` is {"light": {token: "#rrggbb", …}, "dark": {…}} with exactly OPERATOR_TOKENS in each.
    ValueError names the theme and the first pair with its ratio, or the token that does not fit.
    """
    if set(colors) != set(THEMES):
        raise ValueError("colours must be given for exactly two themes: light and dark")
    light, dark = (_declarations(theme, colors[theme]) for theme in THEMES)
    return (
        f":root{{{light}}}"
        f"@media (prefers-color-scheme:dark){{html:not(.light){{{dark}}}}}"
        f"html.dark{{{dark}}}\n"
    )


def _declarations(theme: str, own: Mapping[str, str]) -> str:
    if set(own) != set(OPERATOR_TOKENS):
        raise ValueError(f"{theme}: give exactly these colours: {', '.join(OPERATOR_TOKENS)}")
    own = {token: own[token].lower() for token in OPERATOR_TOKENS}
    for token, value in own.items():
        if not _HEX.fullmatch(value):
            raise ValueError(f"{theme}: {token} must be a colour like #3654d1")
    found = failures({**THEMES[theme], **own})
    if found:
        raise ValueError(f"{theme}: {found[0]}")
    if theme == "light":
        red, green, blue = _channels(own["hero2"])
        own["glow"] = f"rgba({red},{green},{blue},.26)"
    return ";".join(f"--{token}:{value}" for token, value in own.items())


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    parts = [channel / 255 for channel in _channels(color)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _whiter(color: str, share: float) -> str:
    mixed = (round(channel + (255 - channel) * share) for channel in _channels(color))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)
