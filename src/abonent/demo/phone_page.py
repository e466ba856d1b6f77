"""The page of the drawn phone: dial, answer, read SMS, with no SIM card and no JavaScript."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from abonent import subscribers
from abonent.demo import phone
from abonent.demo.phone_json import USSD_TEXT_MAX
from abonent.faces import Db, number_of, ussd, web
from abonent.kit import BadNumber, Msisdn, random_id
from abonent.settings import Settings
from abonent.storage import Database, Principal
from abonent.wording import Words, is_gsm7

Asked = Request[Any, Any, Any]

_SMS_SHOWN = 8
_SMS_TEXT_MAX = 1600


class PhoneForm(msgspec.Struct, frozen=True):
    """What the page posts: `text` dials or answers, `sms` goes to the operator as an SMS."""

    csrf: str = ""
    msisdn: str = ""
    text: str = ""
    dialogue: str = ""
    sms: str = ""


@get("/demo/phone", opt={"tier": "open"})
async def phone_page(request: Asked, db: Db, msisdn: FromQuery[str | None] = None) -> Response[str]:
    """The phone of a number, switched on; without a number, of the first demo person."""
    first = demo_numbers(db.settings)[0]
    if msisdn is None:
        return await _page(request, db, first)
    try:
        return await _page(request, db, number_of(db, msisdn))
    except BadNumber as refused:
        wrong = _renderer(request).speak(request).refusal(refused)
        return await _page(request, db, first, number_error=wrong)


@post("/demo/phone", opt={"tier": "open"}, status_code=200)
async def use_phone(request: Asked, data: URLEncodedBody[PhoneForm], db: Db) -> Response[Any]:
    """Dial, answer or send an SMS, and see the phone again."""
    try:
        msisdn = number_of(db, data.msisdn)
    except BadNumber:
        return Redirect("/demo/phone", status_code=303)
    if not _renderer(request).cookies.guards(request, data.csrf, in_session=False):
        return _back(msisdn)
    words = request.app.state.words
    if data.sms.strip():
        await phone.send_sms(db, words, msisdn=msisdn, text=data.sms[:_SMS_TEXT_MAX])
        return _back(msisdn)
    text = data.text[:USSD_TEXT_MAX]
    reply = await ussd.request(
        db, words, link="demo", msisdn=msisdn, text=text, dialogue=_dialogue(data.dialogue)
    )
    return await _page(request, db, msisdn, asked=_seen(db.settings, data), reply=reply)


def demo_numbers(settings: Settings) -> list[Msisdn]:
    """The numbers of the five demo persons, who are there however many others are."""
    operator = settings.operator
    plan, prefix = operator.numbering, operator.number_prefix
    width = plan.national_digits - len(prefix)
    return [Msisdn(f"+{plan.country_code}{prefix}{n:0{width}}") for n in range(1, 6)]


async def _page(
    request: Asked,
    db: Database,
    msisdn: Msisdn,
    *,
    asked: str = "",
    reply: ussd.Reply | None = None,
    number_error: str = "",
) -> Response[str]:
    renderer = _renderer(request)
    words = renderer.speak(request)
    codes = db.settings.operator.ussd
    now = db.clock()
    sms = await phone.received(db, msisdn, _SMS_SHOWN)
    view = web.DemoPhoneView(
        msisdn=msisdn.e164,
        number=words.phone(msisdn),
        clock=words.moment(now, now),
        dialogue="" if reply is None or reply.ends else str(reply.dialogue),
        screen="" if reply is None else reply.text,
        codes=(codes.balance, codes.menu, codes.password),
        numbers=await _numbers(db, msisdn, words),
        sms=tuple(
            web.DemoSms(
                one.text,
                words("demo.sms-detail", sender=one.sender, moment=words.moment(one.at, now)),
            )
            for one in sms
        ),
        log=() if reply is None else _log(db, words, asked, reply),
        number_error=number_error,
    )
    title = words("demo.title")
    return renderer.draw(request, "demo_phone.html", view, title=title)


async def _numbers(db: Database, chosen: Msisdn, words: Words) -> tuple[web.DemoNumber, ...]:
    """Those of the demo persons who are there."""
    found: list[web.DemoNumber] = []
    system = db.acting(Principal.system("demo"))
    for msisdn in demo_numbers(db.settings):
        person = await system.run(subscribers.subscription_by_msisdn, msisdn)
        if person is not None:
            href = f"/demo/phone?msisdn={quote(msisdn.e164)}"
            shown = words.phone(msisdn)
            found.append(web.DemoNumber(href, shown, person.name or "", msisdn == chosen))
    return tuple(found)


def _log(db: Database, words: Words, asked: str, reply: ussd.Reply) -> tuple[web.LogLine, ...]:
    """The last exchange as the network sees it; what may be a password is not shown."""
    now = db.clock()
    moment = words.moment(now, now)
    link = db.settings.ussd
    limit = link.screen_max_gsm if is_gsm7(reply.text) else link.screen_max_ucs2
    length = words("demo.log-length", moment=moment, n=len(reply.text), limit=limit)
    return (
        web.LogLine(asked, words("demo.log-request", moment=moment), inbound=True),
        web.LogLine(reply.text.replace("\n", " · "), length, inbound=False),
    )


def _seen(settings: Settings, form: PhoneForm) -> str:
    """What was typed, as far as it may be shown: the operator's codes and single keys."""
    codes = settings.operator.ussd
    opening = f"{codes.password.removesuffix('#')}*"
    text = form.text.strip()
    if form.dialogue:
        return text if len(text) == 1 else "••••"
    return f"{opening}••••#" if text.startswith(opening) else text[:24]


def _dialogue(text: str) -> UUID | None:
    """The id from the form; one that is bent belongs to no dialogue."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        return random_id()


def _back(msisdn: Msisdn) -> Redirect:
    return Redirect(f"/demo/phone?msisdn={quote(msisdn.e164)}", status_code=303)


def _renderer(request: Asked) -> web.Renderer:
    return request.app.state.renderer  # type: ignore[no-any-return]
