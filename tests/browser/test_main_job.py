"""The main job by touch: a number that never had a password sets one and reads true figures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SIZES, System, Visit

Shoot = Callable[[Page, str], None]


def press(page: Page, name: str, size: str) -> None:
    """A finger on phones and tablets, a pointer on a desktop."""
    button = page.get_by_role("button", name=name, exact=True)
    if size == "desktop":
        button.click()
    else:
        button.tap()


@pytest.mark.parametrize(
    ("size", "theme", "script", "number"),
    [
        ("phone", "light", True, "330000004"),
        ("phone", "dark", False, "330000006"),
        ("tablet", "light", False, "330000007"),
        ("tablet", "dark", True, "330000008"),
        ("desktop", "light", True, "330000009"),
    ],
)
def test_a_password_is_set_with_a_code_and_home_is_there(
    system: System, visit: Visit, shoot: Shoot, size: str, theme: str, script: bool, number: str
) -> None:
    page = visit("/", size=size, theme=theme, script=script)
    name = f"{size}-{theme}-{'script' if script else 'plain'}"
    shoot(page, f"sign-in-{name}")
    link = page.get_by_role("link", name="Как установить пароль")
    link.click() if size == "desktop" else link.tap()
    page.get_by_label("Номер телефона").fill(number)
    page.get_by_label("Новый пароль", exact=True).fill("zebra274")
    shoot(page, f"password-{name}")
    press(page, "Получить код из SMS", size)
    expect(page.get_by_role("heading", name="Код из SMS")).to_be_visible()
    shoot(page, f"code-{name}")
    page.get_by_label("Шесть цифр из SMS").fill(system.code(f"+375{number}"))
    press(page, "Сохранить пароль и войти", size)
    expect(page.get_by_role("heading", name="Баланс")).to_be_visible()
    expect(page.get_by_text("Остатки пакетов")).to_be_visible()
    expect(page.get_by_text("Обновлено в")).to_be_visible()
    shoot(page, f"home-{name}")
    assert system.await_message(f"+375{number}", "Новый пароль")


@pytest.mark.parametrize("size", list(SIZES))
def test_anna_signs_in_and_out(visit: Visit, shoot: Shoot, size: str) -> None:
    page = visit("/sign-in", size=size, theme="dark")
    page.get_by_label("Номер телефона").fill("33 000-00-01")
    page.get_by_label("Пароль", exact=True).fill("anna2026")
    press(page, "Войти", size)
    expect(page.get_by_text("+375 (33) 000-00-01".replace("-", "\u2011"))).to_be_visible()
    shoot(page, f"anna-{size}")
    page.goto("/settings")
    shoot(page, f"settings-{size}")
    page.get_by_role("button", name="Выйти").first.click()
    expect(page.get_by_role("heading", name="Вход в личный кабинет")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="Вход в личный кабинет")).to_be_visible()


def test_a_wrong_password_keeps_the_number_and_says_the_way_out(visit: Visit) -> None:
    page = visit("/sign-in")
    page.get_by_label("Номер телефона").fill("330000005")
    page.get_by_label("Пароль", exact=True).fill("wrong99")
    press(page, "Войти", "phone")
    expect(page.get_by_text("Неверный номер или пароль")).to_be_visible()
    expect(page.get_by_text("*111*17#")).to_be_visible()
    assert page.get_by_label("Номер телефона").input_value() == "330000005"
    assert page.get_by_label("Пароль", exact=True).input_value() == ""


def test_the_password_is_shown_only_while_it_is_asked(visit: Visit) -> None:
    page = visit("/sign-in")
    field = page.get_by_label("Пароль", exact=True)
    field.fill("anna2026")
    page.get_by_role("button", name="Показать пароль").tap()
    assert field.get_attribute("type") == "text"
    page.get_by_role("button", name="Показать пароль").tap()
    assert field.get_attribute("type") == "password"


def test_without_javascript_no_control_is_dead(visit: Visit) -> None:
    page = visit("/sign-in", script=False)
    expect(page.get_by_role("button", name="Показать пароль")).to_be_hidden()
    page.goto("/settings")
    page.get_by_label("English").check()
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()


def test_the_drawn_phone_sets_a_password_by_ussd_and_shows_the_balance(
    system: System, visit: Visit, shoot: Shoot
) -> None:
    page = visit("/demo/phone?msisdn=375330000010", size="desktop", script=False)
    page.get_by_role("button", name="*111*17#").click()
    for _ in range(2):
        page.locator("input[name=text]").first.fill("zebra275")
        page.get_by_role("button", name="Отправить").first.click()
    expect(page.get_by_text("Пароль задан").first).to_be_visible()
    shoot(page, "demo-phone")
    assert system.await_message("+375330000010", "Новый пароль")
    page.goto("/sign-in")
    page.get_by_label("Номер телефона").fill("330000010")
    page.get_by_label("Пароль", exact=True).fill("zebra275")
    page.get_by_role("button", name="Войти", exact=True).click()
    expect(page.get_by_role("heading", name="Баланс")).to_be_visible()
