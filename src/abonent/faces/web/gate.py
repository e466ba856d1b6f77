"""The way in: sign in, set a password, the code from the SMS."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from abonent import access
from abonent.faces import Db, number_of
from abonent.faces.web.errors import renderer_of
from abonent.faces.web.forms import key_of, new_operation, origin_of, read_form
from abonent.faces.web.views import CodeView, PasswordView, SignInView
from abonent.kit import BadNumber, Secret
from abonent.storage import Database

Asked = Request[Any, Any, Any]

_PAGES = {"password": ("/password", "code.title"), "sign-in": ("/sign-in", "code.title")}


@get("/sign-in", opt={"tier": "open"})
async def sign_in_page(request: Asked, db: Db) -> Response[Any]:
    return _sign_in_form(request, db)


@post("/sign-in", opt={"tier": "open"})
async def sign_in(request: Asked, db: Db) -> Response[Any]:
    form = await read_form(request)
    typed = form.get("msisdn", "")
    words = renderer_of(request).speak(request)
    if not form.get("password"):
        empty = words("refusal.bad-password.empty")
        return _sign_in_form(request, db, typed=typed, password_error=empty)
    try:
        got = await access.sign_in(
            db,
            msisdn=number_of(db, typed),
            password=Secret(form["password"]),
            origin=origin_of(request),
            key=key_of(form),
        )
    except BadNumber as refused:
        return _sign_in_form(request, db, typed=typed, number_error=words.refusal(refused))
    except (access.WrongPair, access.TooManyAttempts) as refused:
        return _sign_in_form(request, db, typed=typed, refusal=words.refusal(refused))
    if isinstance(got, access.CodeAsked):
        return _to_code(request, got)
    return _signed_in(request, got)


@get("/password", opt={"tier": "open"})
async def password_page(request: Asked, db: Db) -> Response[Any]:
    return _password_form(request, db)


@post("/password", opt={"tier": "open"})
async def request_password(request: Asked, db: Db) -> Response[Any]:
    form = await read_form(request)
    typed = form.get("msisdn", "")
    words = renderer_of(request).speak(request)
    try:
        asked = await access.request_password(
            db,
            msisdn=number_of(db, typed),
            password=Secret(form.get("password", "")),
            origin=origin_of(request),
            key=key_of(form),
        )
    except BadNumber as refused:
        return _password_form(request, db, typed=typed, number_error=words.refusal(refused))
    except access.BadPassword as refused:
        return _password_form(request, db, typed=typed, password_error=words.refusal(refused))
    except access.TooManyAttempts as refused:
        return _password_form(request, db, typed=typed, refusal=words.refusal(refused))
    return _to_code(request, asked)


@get(["/password/{flow:uuid}", "/sign-in/{flow:uuid}"], opt={"tier": "open"})
async def code_page(request: Asked, flow: FromPath[UUID], db: Db) -> Response[Any]:
    asked = await access.code_asked(db, flow=flow, origin=origin_of(request))
    return _code_form(request, db, asked)


@post("/password/{flow:uuid}", opt={"tier": "open"})
async def confirm_password(request: Asked, flow: FromPath[UUID], db: Db) -> Response[Any]:
    return await _confirm(request, flow, db, access.confirm_password)


@post("/sign-in/{flow:uuid}", opt={"tier": "open"})
async def confirm_sign_in(request: Asked, flow: FromPath[UUID], db: Db) -> Response[Any]:
    return await _confirm(request, flow, db, access.confirm_sign_in)


@post(["/password/{flow:uuid}/sends", "/sign-in/{flow:uuid}/sends"], opt={"tier": "open"})
async def resend(request: Asked, flow: FromPath[UUID], db: Db) -> Response[Any]:
    await read_form(request)
    origin = origin_of(request)
    try:
        asked = await access.resend_code(db, flow=flow, origin=origin)
    except (access.ResendTooEarly, access.TooManyAttempts) as refused:
        words = renderer_of(request).speak(request)
        asked = await access.code_asked(db, flow=flow, origin=origin)
        return _code_form(request, db, asked, refusal=words.refusal(refused))
    return _to_code(request, asked)


async def _confirm(
    request: Asked, flow: FromPath[UUID], db: Database, confirm: Any
) -> Response[Any]:
    form = await read_form(request)
    origin = origin_of(request)
    words = renderer_of(request).speak(request)
    try:
        got = await confirm(db, flow=flow, code=form.get("code", ""), origin=origin)
    except (access.WrongCode, access.BadCodeFormat) as refused:
        asked = await access.code_asked(db, flow=flow, origin=origin)
        return _code_form(request, db, asked, code_error=words.refusal(refused))
    except (access.CodeExpired, access.CodesExhausted, access.TooManyAttempts) as refused:
        asked = await access.code_asked(db, flow=flow, origin=origin)
        return _code_form(request, db, asked, refusal=words.refusal(refused))
    return _signed_in(request, got)


def _signed_in(request: Asked, got: access.SignedIn) -> Response[Any]:
    cookies = renderer_of(request).cookies
    response = Redirect("/", status_code=303)
    cookies.keep(response, "session", got.token.reveal())
    cookies.keep(response, "device", got.device_token.reveal())
    return response


def _to_code(request: Asked, asked: access.CodeAsked) -> Response[Any]:
    """On to the code page: its address has the flow's id, and no number."""
    cookies = renderer_of(request).cookies
    response = Redirect(f"{_PAGES[asked.purpose][0]}/{asked.id}", status_code=303)
    if asked.device_token is not None:
        cookies.keep(response, "device", asked.device_token.reveal())
    return response


def _sign_in_form(
    request: Asked,
    db: Database,
    *,
    typed: str = "",
    number_error: str = "",
    password_error: str = "",
    refusal: str = "",
) -> Response[Any]:
    renderer = renderer_of(request)
    view = SignInView(
        operation=new_operation(),
        ussd_code=db.settings.operator.ussd.password,
        msisdn=typed,
        number_error=number_error,
        password_error=password_error,
        refusal=refusal,
    )
    status = 400 if number_error or password_error else 401 if refusal else 200
    title = renderer.speak(request)("sign-in.title")
    return renderer.draw(
        request, "sign_in.html", view, title=title, current="sign-in", status=status
    )


def _password_form(
    request: Asked,
    db: Database,
    *,
    typed: str = "",
    number_error: str = "",
    password_error: str = "",
    refusal: str = "",
) -> Response[Any]:
    renderer = renderer_of(request)
    view = PasswordView(
        operation=new_operation(),
        ussd_code=db.settings.operator.ussd.password,
        shortest=access.SHORTEST,
        longest=access.LONGEST,
        msisdn=typed,
        number_error=number_error,
        password_error=password_error,
        refusal=refusal,
    )
    status = 400 if number_error or password_error else 429 if refusal else 200
    title = renderer.speak(request)("password.title")
    return renderer.draw(request, "password.html", view, title=title, status=status)


def _code_form(
    request: Asked,
    db: Database,
    asked: access.CodeAsked,
    *,
    code_error: str = "",
    refusal: str = "",
) -> Response[Any]:
    renderer = renderer_of(request)
    words = renderer.speak(request)
    back, title = _PAGES[asked.purpose]
    wait = max(0, int((asked.resend_at - db.clock()).total_seconds()) + 1)
    view = CodeView(
        purpose=asked.purpose,
        action=f"{back}/{asked.id}",
        resend_action=f"{back}/{asked.id}/sends",
        back=back,
        operation=new_operation(),
        resend_operation=new_operation(),
        sent_to=words.phone(asked.msisdn),
        life=words.duration(db.settings.limits.code_life_seconds),
        resend_wait=wait if asked.resend_at > db.clock() else 0,
        attempts_left=asked.attempts_left if asked.attempts_left < _all_attempts(db) else None,
        code_error=code_error,
        refusal=refusal,
        demo_phone=f"/demo/phone?msisdn={asked.msisdn.digits}" if renderer.demo else "",
    )
    status = 400 if code_error or refusal else 200
    return renderer.draw(request, "code.html", view, title=words(title), status=status)


def _all_attempts(db: Database) -> int:
    return db.settings.limits.code_attempts_max
