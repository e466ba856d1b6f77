"""Every page in each of its states, with the figures of one invented subscriber.

`draw` renders one in a language; the tests beside this file look at what comes out.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from abonent.faces.web import views
from abonent.wording import Style, load

WEB = Path(views.__file__).parent
LANGUAGES = ("ru", "be", "en")
WORDS = load(
    Style(
        currency_signs={"BYN": {"ru": "руб.", "be": "руб.", "en": "BYN"}},
        phone_pattern="+CCC (NN) NNN-NN-NN",
        time_zone="Europe/Minsk",
        operator_names={"ru": "Василёк", "be": "Васілёк", "en": "Vasilek"},
    )
)
TEMPLATES = Environment(
    loader=FileSystemLoader(WEB / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

_NUMBER = "+375 (33) 000-00-01"
_CODE = "*111*17#"
_RINGS = (
    views.Allowance("Интернет", "осталось 6,2 ГБ из 10 ГБ", 62, "6,2", "ГБ", "из 10 ГБ"),
    views.Allowance("Минуты", "Безлимит", None, until="действует до 31.07.2026"),
    views.Allowance("SMS", "осталось 0 SMS из 100 SMS", 0, "0", "SMS", "из 100 SMS", low=True),
)
_METERS = (
    views.Allowance("Роуминг", "осталось 84 мин из 120 мин", 70, "84", "мин", "из 120 мин"),
    views.Allowance("Интернет ночью", "Безлимит", None, until="действует до 31.07.2026"),
)
_PLAIN = views.Balance("plain", "12,40", "руб.", "на 14:32", "Хватит до 23 июля", "0,85 в день")
_SHORT = views.Balance(
    "short", "16,70", "руб.", "на 14:32", "Не хватает 3,20 руб.", "", "Доступно 26,70 руб.", "…"
)
_BLOCKED = views.Balance("blocked", "−2,15", "руб.", "на 14:32", "Номер заблокирован")
_UNKNOWN = views.Balance("unknown", "—", "", "на 14:32", "Баланс неизвестен", "Обновите")
_HEAD = views.NumberHead("Мой номер", _NUMBER)


def _home(balance: views.Balance, **more: object) -> views.HomeView:
    return views.HomeView(_HEAD, balance, "Обновлено в 14:32", **more)  # type: ignore[arg-type]


def _code(purpose: str, **more: object) -> views.CodeView:
    return views.CodeView(
        purpose=purpose,  # type: ignore[arg-type]
        action="/password/1",
        resend_action="/password/1/sends",
        back="/password",
        operation="op-1",
        resend_operation="op-2",
        sent_to=_NUMBER,
        life="5 минут",
        **more,  # type: ignore[arg-type]
    )


def _settings(account: views.Account | None, saved: str = "") -> views.SettingsView:
    languages = tuple(views.Choice(code, code, code == "ru", code) for code in LANGUAGES)
    themes = tuple(views.Choice(name, name, name == "system") for name in ("system", "dark"))
    return views.SettingsView("op-1", languages, themes, account, saved)


_PHONE = views.DemoPhoneView(
    "+375330000001",
    _NUMBER,
    "14:32",
    "dialogue-1",
    "Новый пароль:",
    ("*100#", _CODE),
    (views.DemoNumber("/demo/phone?msisdn=1", _NUMBER, "хватает денег", True),),
    (views.DemoSms("Код 402715", "Vasilek, 14:31"),),
    (views.LogLine(_CODE, "14:30, запрос от SIM", True), views.LogLine("«…»", "14:30", False)),
)
_ME = views.Account(_NUMBER, "Chrome, Android", "Ещё 2 сеанса")

PAGES: dict[str, tuple[str, object]] = {
    "sign-in": ("sign_in", views.SignInView("op-1", _CODE)),
    "sign-in, refused": ("sign_in", views.SignInView("op-1", _CODE, "33", "Нет", "Нет", "Нет")),
    "password": ("password", views.PasswordView("op-1", _CODE, 4, 10)),
    "password, refused": (
        "password",
        views.PasswordView("op-1", _CODE, 4, 10, "33", "Нет", "Нет", "Нет"),
    ),
    "code": ("code", _code("password", resend_wait=62, attempts_left=5, demo_phone="/demo/phone")),
    "code, refused": ("code", _code("sign-in", code_error="Неверный код", refusal="Нет")),
    "home": (
        "home",
        _home(
            _PLAIN,
            rings=_RINGS,
            meters=_METERS,
            packages_until="действует до 31.07.2026",
            next_charge=views.NextCharge("1 августа", "19,90 руб."),
            tariff=views.TariffLine("Луговой", "19,90 руб. в месяц"),
            quiet="Вы вошли по паролю",
        ),
    ),
    "home, short of money": ("home", _home(_SHORT, meters=_METERS)),
    "home, blocked": ("home", _home(_BLOCKED)),
    "home, unknown": ("home", _home(_UNKNOWN, packages_unknown="Не получены")),
    "settings": ("settings", _settings(_ME, "Настройки сохранены")),
    "settings, alone": ("settings", _settings(views.Account(_NUMBER, "Firefox"))),
    "settings, signed out": ("settings", _settings(None)),
    "help": (
        "help",
        views.HelpView(_CODE, "*100#", "*111#", _NUMBER, 4, 10, "5 минут", "*111*17*ПАРОЛЬ#"),
    ),
    "error 400": ("error", views.ErrorView("400")),
    "error 403": ("error", views.ErrorView("403")),
    "error 404": ("error", views.ErrorView("404")),
    "error 429": ("error", views.ErrorView("429", wait="15 минут")),
    "error 500": ("error", views.ErrorView("500", trace="7f3a21", retry="/")),
    "demo phone": ("demo_phone", _PHONE),
    "demo phone, idle": (
        "demo_phone",
        views.DemoPhoneView("+375330000001", _NUMBER, "14:32", "", "", ("*100#",)),
    ),
}


def draw(name: str, language: str = "ru", theme: views.Theme = "") -> str:
    """The HTML of one page of PAGES; «signed out» and the gates have no session."""
    template, view = PAGES[name]
    words = WORDS[language]
    page = views.Page(
        title=name,
        lang=language,
        theme=theme,
        csrf="token",
        operator_name=words.operator,
        prefix="+375",
        signed_in=template in {"home", "help"} or name in {"settings", "error 429"},
        path="/",
        current="home" if template == "home" else "",
        demo=True,
        version="1",
    )
    return TEMPLATES.get_template(f"{template}.html").render(page=page, view=view, t=words)
