"""What the templates see: one frozen view a page, beside one Page that every page shares.

All sums, dates, numbers and moments arrive as finished text of the reader's language, with their
no-break spaces; percentages are whole numbers. An empty string means «leave it out». Templates
decide nothing: a choice between variants is a field here, made by the page's controller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Theme = Literal["", "light", "dark"]
Section = Literal["", "home", "settings", "help", "sign-in"]
BalanceKind = Literal["plain", "short", "blocked", "unknown"]


@dataclass(frozen=True, slots=True)
class Page:
    """The frame of a page. `prefix` is the country code as shown before a number, "+375"."""

    title: str
    lang: str
    theme: Theme
    csrf: str
    operator_name: str
    prefix: str
    signed_in: bool
    path: str
    current: Section
    demo: bool
    version: str
    """Changes with the files under /static: stands in their addresses as ?v=."""


@dataclass(frozen=True, slots=True)
class SignInView:
    """POST /sign-in: msisdn, password."""

    operation: str
    ussd_code: str
    msisdn: str = ""
    number_error: str = ""
    password_error: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class PasswordView:
    """POST /password: msisdn, password. `shortest` and `longest` count code points."""

    operation: str
    ussd_code: str
    shortest: int
    longest: int
    msisdn: str = ""
    number_error: str = ""
    password_error: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class CodeView:
    """POST `action`: code; POST `resend_action`: nothing but the operation.

    The page says the same for numbers that are not ours, so `sent_to` is what was typed,
    formatted. `life` is «5 минут»; `resend_wait` is in seconds, 0 when a code can be sent now.
    """

    purpose: Literal["password", "sign-in"]
    action: str
    resend_action: str
    back: str
    operation: str
    resend_operation: str
    sent_to: str
    life: str
    resend_wait: int = 0
    attempts_left: int | None = None
    code_error: str = ""
    refusal: str = ""
    demo_phone: str = ""
    """Address of this number's demo phone; only where Page.demo."""


@dataclass(frozen=True, slots=True)
class NumberHead:
    """The number at the top of home: its name («Мой номер») and its formatted digits."""

    name: str
    msisdn: str


@dataclass(frozen=True, slots=True)
class Balance:
    """The balance card. `total` without its currency («12,40»), or «—» with kind "unknown".

    `at` is «на 14:32». `say` and `detail` are the line below the sum: the forecast ("plain"),
    the shortage ("short"), the block ("blocked") or the reason ("unknown").
    """

    kind: BalanceKind
    total: str
    currency: str
    at: str
    say: str = ""
    detail: str = ""
    available: str = ""
    """«Доступно 17,40 руб.», only when it differs from the balance."""
    available_why: str = ""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of one packet: a ring (data, minutes, SMS at home) or a meter (the rest).

    `left` and `unit` are «12,4» and «ГБ»; `of` is «из 30 ГБ»; `caption` is the whole sentence
    «осталось 12,4 ГБ из 30 ГБ» or «Безлимит»; `percent` is None for unlimited, which has neither
    `left` nor `of`; `low` marks less than a fifth.
    """

    name: str
    caption: str
    percent: int | None
    left: str = ""
    unit: str = ""
    of: str = ""
    until: str = ""
    low: bool = False


@dataclass(frozen=True, slots=True)
class NextCharge:
    """«Следующее списание»: `what` is «1 августа, абонентская плата», `cost` «19,90 руб.».

    When none is due, `what` says so and `cost` is empty; when it is not known, the view has none.
    """

    what: str
    cost: str


@dataclass(frozen=True, slots=True)
class TariffLine:
    """The tariff's name in its quotes and its fee, «19,90 руб. в месяц»."""

    name: str
    fee: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """GET /. `updated` is «Обновлено в 14:32»; `quiet` is one small line, or nothing."""

    number: NumberHead
    balance: Balance
    updated: str
    rings: tuple[Allowance, ...] = ()
    meters: tuple[Allowance, ...] = ()
    packages_until: str = ""
    packages_unknown: str = ""
    """The reason why the packets cannot be shown; then rings and meters are empty."""
    next_charge: NextCharge | None = None
    tariff: TariffLine | None = None
    quiet: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    chosen: bool
    lang: str = ""
    """The language of the label, where it is not the page's."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in here: the number, and «Chrome, Android · вход 05.07.2026, 12:03».

    `others` is a line about the other sessions («Ещё 2 сеанса»), empty when there are none;
    `sees_others` is False where this session may not know of them.
    """

    msisdn: str
    device: str
    others: str = ""
    sees_others: bool = True


@dataclass(frozen=True, slots=True)
class SettingsView:
    """POST /settings: language, theme ("system", "light", "dark").

    `saved` is the line above the form after a change («Настройки сохранены»).
    """

    operation: str
    languages: tuple[Choice, ...]
    themes: tuple[Choice, ...]
    account: Account | None = None
    saved: str = ""


@dataclass(frozen=True, slots=True)
class HelpView:
    """GET /help. The codes are the operator's; `sample_number` is shown on the drawn screens."""

    password_code: str
    balance_code: str
    menu_code: str
    sample_number: str
    shortest: int
    longest: int
    life: str
    """How long a code by SMS is good for, «5 минут»."""
    one_go_code: str = ""
    """«*111*17*ПАРОЛЬ#», where the network passes it on."""


@dataclass(frozen=True, slots=True)
class ErrorView:
    """The fact, then the way out. `wait` («15 минут») goes with 429; `trace` is for support."""

    status: Literal["400", "403", "404", "429", "500"]
    trace: str = ""
    wait: str = ""
    retry: str = ""
    """Address to try again, where trying again is safe (a GET)."""


@dataclass(frozen=True, slots=True)
class DemoNumber:
    """A demo subscriber to pick: the address of its phone, its number and who it is."""

    href: str
    msisdn: str
    note: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class DemoSms:
    text: str
    detail: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of «Что видит сеть»: what went through, and when and how it went."""

    title: str
    detail: str
    inbound: bool
    """Whether it came from the SIM (else it went to it)."""


@dataclass(frozen=True, slots=True)
class DemoPhoneView:
    """GET /demo/phone?msisdn= and POST /demo/phone: msisdn, text, dialogue.

    `msisdn` is E.164 for the forms, `number` the same as shown. `dialogue` is empty between
    dialogues: then the field dials a code; else it answers `screen`. `screen` keeps its line ends.
    """

    msisdn: str
    number: str
    clock: str
    dialogue: str
    screen: str
    codes: tuple[str, ...]
    numbers: tuple[DemoNumber, ...] = ()
    sms: tuple[DemoSms, ...] = ()
    log: tuple[LogLine, ...] = ()
    number_error: str = ""
