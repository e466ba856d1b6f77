"""All texts of all channels: the same keys and facts in each language, and the house's spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from abonent.wording import LANGUAGES, is_gsm7
from abonent.wording.catalogue import Catalogue, placeholders, read

STANDING = {
    "operator": "Василёк",
    "dial_password": "*111*17#",
    "dial_balance": "*100#",
    "dial_menu": "*111#",
}
REFUSALS = """wrong-pair too-many-attempts code-expired wrong-code codes-exhausted code-needed
bad-code-format resend-too-early flow-gone bad-number bad-password passwords-differ signed-out
step-up-required not-enough operation-reused subscription-closed dialogue-gone busy not-found
bad-request bad-field too-large wrong-content-type method-not-allowed unavailable internal"""
REASONS = {
    "bad-number": "empty letters short long country",
    "bad-password": "empty short long is-number common operator-name not-for-keys",
}
IN_DIALOGUES = """passwords-differ too-many-attempts busy operation-reused dialogue-gone
subscription-closed unavailable internal"""
# Words that are wrong without their «ё», whole or as the beginning of a longer one.
WITHOUT_YO = re.compile(
    r"\b(?:еще|ее|нее|мое|твое|свое|чье|трех|четырех|причем|прием|объем|счет|счете|счетом"
    r"|платеж|автоплатеж|(?:отчет|расчет|учет|надежн|зелен)\w*"
    r"|(?:введ|заверш|подключ|отключ|включ|удал|измен|обновл|сохран|запрещ|разреш)ен(?:н\w+)?"
    r"|пришлем|начнем|вернем|найдем|дойдет|придет|пройдет|уйдет|выйдет|найдет|идет|ждет"
    r"|дает|истек|(?:легк|темн)(?:ий|ый|ая|ое|ие|ые|ую|ой|ого))\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def catalogues() -> Mapping[str, Catalogue]:
    return {language: read(language, {}) for language in LANGUAGES}


def every_text(catalogue: Catalogue) -> list[tuple[str, str]]:
    forms = [(key, form) for key, forms in catalogue.plurals.items() for form in forms]
    return [*catalogue.texts.items(), *forms]


def test_every_language_has_the_same_texts(catalogues: Mapping[str, Catalogue]) -> None:
    russian = catalogues["ru"]
    for language in ("be", "en"):
        assert set(catalogues[language].texts) == set(russian.texts), language
        assert set(catalogues[language].plurals) == set(russian.plurals), language


def test_a_text_asks_for_the_same_facts_in_every_language(
    catalogues: Mapping[str, Catalogue],
) -> None:
    for key, text in catalogues["ru"].texts.items():
        for language in ("be", "en"):
            told = placeholders(catalogues[language].texts[key]) - set(STANDING)
            assert told == placeholders(text) - set(STANDING), (language, key)
    for key, forms in catalogues["ru"].plurals.items():
        asked = frozenset().union(*map(placeholders, forms))
        for language in LANGUAGES:
            for form in catalogues[language].plurals[key]:
                # «один день» needs no figure: a form may leave facts out, never add one.
                assert placeholders(form) <= asked, (language, key)


def test_prose_is_translated(catalogues: Mapping[str, Catalogue]) -> None:
    for key, text in catalogues["ru"].texts.items():
        if len(re.findall(r"[а-яё]{2,}", text.lower())) < 3:
            continue
        for language in ("be", "en"):
            assert catalogues[language].texts[key] != text, (language, key)
        assert not re.search(r"[ёЁ]", catalogues["en"].texts[key]), key


def test_each_language_is_written_in_its_own_letters(catalogues: Mapping[str, Catalogue]) -> None:
    strangers = {"ru": r"[іўІЎ]", "be": r"[иИщЩъЪ]", "en": r"[а-яёА-ЯЁіўІЎ]"}
    # The languages are named in themselves, whatever the page is written in.
    named = re.compile(r"русский|беларуская|english", re.IGNORECASE)
    for language, wrong in strangers.items():
        for key, text in every_text(catalogues[language]):
            assert not re.search(wrong, named.sub("", text)), (language, key, text)


def test_the_house_spelling_is_kept(catalogues: Mapping[str, Catalogue]) -> None:
    for language, catalogue in catalogues.items():
        for key, text in every_text(catalogue):
            assert "!" not in text, (language, key)
            assert "СМС" not in text.upper(), (language, key)
            assert "УССД" not in text.upper(), (language, key)
            assert "  " not in text, (language, key)
            assert text == text.strip(), (language, key)
    for key, text in every_text(catalogues["ru"]):
        assert not WITHOUT_YO.search(text), (key, text)
        assert not re.search(r"(?<![.?] )(?<![.?]\n)(?<!^)\bВ(?:ы|ас|ам|аш\w*)\b", text), (
            key,
            text,
        )
    for language in ("ru", "be"):
        for key, text in every_text(catalogues[language]):
            assert not re.search(r"[\"“”]", text), (language, key, text)


def test_every_refusal_has_its_sentence_its_title_and_where_asked_its_screen(
    catalogues: Mapping[str, Catalogue],
) -> None:
    texts = catalogues["ru"].texts
    for code in REFUSALS.split():
        assert f"title.{code}" in texts
        for reason in REASONS.get(code, "").split():
            assert f"refusal.{code}.{reason}" in texts
        assert (f"refusal.{code}" in texts) == (code not in REASONS)
    for reason in REASONS["bad-password"].split():
        assert f"ussd.refusal.bad-password.{reason}" in texts
    for code in IN_DIALOGUES.split():
        assert f"ussd.refusal.{code}" in texts


def test_the_words_of_the_contract_are_kept(catalogues: Mapping[str, Catalogue]) -> None:
    texts = catalogues["ru"].texts
    assert texts["refusal.wrong-pair"] == "Неверный номер или пароль"
    assert texts["refusal.code-expired"] == "Код устарел. Запросите новый"
    assert texts["refusal.wrong-code"] == "Неверный код. Осталось попыток: {attempts_left}"
    assert texts["refusal.not-enough"] == "Недостаточно средств. Не хватает {missing}"
    assert texts["bucket.left-of"] == "осталось {left} из {total}"
    assert texts["bucket.valid-until"] == "действует до {date}"
    assert texts["bucket.unlimited-title"] == "Безлимит"
    assert [texts[f"bucket.{unit}"] for unit in ("byte", "second", "message")] == [
        "Интернет",
        "Минуты",
        "SMS",
    ]


def test_english_for_button_phones_stays_in_the_gsm_alphabet(
    catalogues: Mapping[str, Catalogue],
) -> None:
    for key, text in catalogues["en"].texts.items():
        if key.startswith(("sms.", "ussd.", "channel.")):
            assert is_gsm7(text), key
