"""Inside: home, settings, help, signing out."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from abonent import access, overview, subscribers
from abonent.faces import Db
from abonent.faces.web.agents import device_name
from abonent.faces.web.errors import renderer_of
from abonent.faces.web.forms import new_operation, read_form
from abonent.faces.web.present import home_view
from abonent.faces.web.views import Account, Choice, HelpView, SettingsView
from abonent.kit import Msisdn
from abonent.storage import Database, Principal
from abonent.wording import Words

Asked = Request[Any, Any, Any]
THEMES = ("system", "light", "dark")


@get("/", opt={"tier": 0})
async def home_page(request: Asked, db: Db) -> Response[Any]:
    """Home: one statement, then the page."""
    renderer = renderer_of(request)
    token = renderer.cookies.session(request)
    if token is None:
        return Redirect("/sign-in", status_code=303)
    home = await overview.home(db, token=token)
    words = renderer.speak(request)
    return renderer.draw(
        request,
        "home.html",
        home_view(home, words),
        title=words("home.title"),
        current="home",
        signed_in=True,
    )


@get("/settings", opt={"tier": "open"})
async def settings_page(request: Asked, db: Db) -> Response[Any]:
    renderer = renderer_of(request)
    words = renderer.speak(request)
    chosen = renderer.theme(request) or "system"
    session = await _session(request, db)
    said = request.query_params.get("done", "")
    view = SettingsView(
        operation=new_operation(),
        languages=tuple(
            Choice(code, words(f"settings.language-{code}"), code == words.language, lang=code)
            for code in renderer.words
        ),
        themes=tuple(
            Choice(theme, words(f"settings.theme-{theme}"), theme == chosen) for theme in THEMES
        ),
        account=await _account(db, session, words) if session else None,
        saved=words(f"settings.{said}") if said in {"saved", "ended"} else "",
    )
    return renderer.draw(
        request,
        "settings.html",
        view,
        title=words("settings.title"),
        current="settings",
        signed_in=session is not None,
    )


@post("/settings", opt={"tier": "open"})
async def save_settings(request: Asked, db: Db) -> Response[Any]:
    """Language and theme of this browser; signed in, also the language of SMS and USSD."""
    form = await read_form(request)
    renderer = renderer_of(request)
    response = Redirect("/settings?done=saved", status_code=303)
    language, theme = form.get("language", ""), form.get("theme", "")
    if language in renderer.words:
        renderer.cookies.keep(response, "language", language)
        session = await _session(request, db)
        if session is not None:
            own = db.acting(Principal.subscriber(session.subscription, session.billing_account))
            await own.run(
                subscribers.choose_language, subscription=session.subscription, language=language
            )
    if theme in THEMES:
        renderer.cookies.keep(response, "theme", theme)
    return response


@post("/sign-out", opt={"tier": "open"})
async def sign_out(request: Asked, db: Db) -> Response[Any]:
    """End this session. What the browser keeps of it is cleared."""
    await read_form(request)
    renderer = renderer_of(request)
    token = renderer.cookies.session(request)
    if token is not None:
        await db.acting(Principal.system("access")).run(access.sign_out, token=token)
    response = Redirect("/sign-in", status_code=303)
    renderer.cookies.drop(response, "session")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@post("/sessions/end-others", opt={"tier": 1})
async def end_others(request: Asked, db: Db) -> Response[Any]:
    await read_form(request)
    session = await _session(request, db)
    if session is None:
        raise access.SignedOut
    if session.tier < 1:
        raise access.StepUpRequired
    own = db.acting(Principal.subscriber(session.subscription, session.billing_account))
    await own.run(access.end_other_sessions, subscription=session.subscription, keep=session.id)
    return Redirect("/settings?done=ended", status_code=303)


@get("/help", opt={"tier": "open"})
async def help_page(request: Asked, db: Db) -> Response[Any]:
    renderer = renderer_of(request)
    words = renderer.speak(request)
    operator = db.settings.operator
    plan = operator.numbering
    digits = operator.number_prefix.ljust(plan.national_digits - 1, "0") + "1"
    view = HelpView(
        password_code=operator.ussd.password,
        balance_code=operator.ussd.balance,
        menu_code=operator.ussd.menu,
        sample_number=words.phone(Msisdn(f"+{plan.country_code}{digits}")),
        shortest=access.SHORTEST,
        longest=access.LONGEST,
        life=words.duration(db.settings.limits.code_life_seconds),
        one_go_code=operator.ussd.password.replace("#", f"*{words('help.one-go-password')}#"),
    )
    signed_in = await _session(request, db) is not None
    return renderer.draw(
        request,
        "help.html",
        view,
        title=words("help.title"),
        current="help",
        signed_in=signed_in,
    )


async def _session(request: Asked, db: Database) -> access.Session | None:
    token = renderer_of(request).cookies.session(request)
    return await access.find_session(db, token=token) if token else None


async def _account(db: Database, session: access.Session, words: Words) -> Account:
    own = db.acting(Principal.subscriber(session.subscription, session.billing_account))
    who = await own.run(subscribers.subscription, session.subscription)
    others = 0
    if session.tier >= 1:
        found = await own.run(access.sessions_of, subscription=session.subscription)
        others = len(found) - 1
    device = device_name(session.agent) or words("settings.some-device")
    return Account(
        msisdn=words.phone(who.msisdn) if who and who.msisdn else "",
        device=words("settings.device", device=device, moment=session.made_at),
        others=words.plural("settings.others", others) if others > 0 else "",
        sees_others=session.tier >= 1,
    )
