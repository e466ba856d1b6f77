"""Whatever the text, every screen fits and nothing of it is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abonent.dialogue.pages import ScreenTooLong, fits, pages, single
from abonent.settings import UssdLink

LINK = UssdLink()
LINES = st.text("абвёж yz01239,. €^−😀\n", max_size=400)


@given(LINES, st.sampled_from(["0 Ещё", "0 More"]))
def test_every_page_fits_and_the_pages_together_are_the_text(text: str, more: str) -> None:
    found = pages(text, more, LINK)

    assert all(fits(page, LINK) for page in found)
    assert all(page.endswith(f"\n{more}") for page in found[:-1])
    whole = "".join([*(page.removesuffix(more) for page in found[:-1]), found[-1]])
    assert re.sub(r"\s", "", whole) == re.sub(r"\s", "", text)


def test_a_text_that_fits_is_one_page_as_it_is() -> None:
    assert pages("Баланс 47,35 руб.\nна 14:32", "0 Ещё", LINK) == ["Баланс 47,35 руб.\nна 14:32"]


def test_lines_are_kept_whole_where_a_screen_takes_them() -> None:
    lines = ["Интернет 12,4 ГБ", "Минуты 84 на другие сети", "SMS 18", "до 31.07.2026"]
    assert pages("\n".join(lines), "0 Ещё", LINK) == [
        "Интернет 12,4 ГБ\nМинуты 84 на другие сети\nSMS 18\n0 Ещё",
        "до 31.07.2026",
    ]


@pytest.mark.parametrize("shift", range(40))
def test_a_figure_is_never_torn_from_its_unit_or_its_own_digits(shift: int) -> None:
    text = f"{'щ' * shift} Тариф: 1 234 567,89 руб./мес. и ещё раз 1 234 567,89 руб./мес."
    for page in pages(text, "0 Ещё", LINK):
        for line in page.split("\n"):
            assert line.count("1 234") == line.count("567,89") == line.count("руб./мес.")


def test_a_question_that_does_not_fit_fails_loudly() -> None:
    assert single("щ" * 56, LINK) == "щ" * 56
    with pytest.raises(ScreenTooLong):
        single("щ" * 57, LINK)
