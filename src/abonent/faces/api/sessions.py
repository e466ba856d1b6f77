"""Signing in, setting a password, sessions: each handler is one flow or one action of access."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody

from abonent import access
from abonent.faces import Db, number_of
from abonent.faces.api import shapes
from abonent.faces.api.asking import (
    Asked,
    answer,
    given,
    origin_of,
    session_of,
    token_of,
)
from abonent.kit import Secret
from abonent.storage import Principal

SIGNED = given(shapes.SignedIn, 201, "Signed in")
ASKED = given(shapes.CodeAsked, 202, "A code goes by SMS")


@post("/sessions", opt={"tier": "open"}, summary="Sign in", responses={**SIGNED, **ASKED})
async def sign_in(request: Asked, data: JSONBody[shapes.SignIn], db: Db) -> Response[bytes]:
    """201 with a session, or 202 when a code by SMS is asked first."""
    got = await access.sign_in(
        db,
        msisdn=number_of(db, data.msisdn),
        password=Secret(data.password),
        origin=origin_of(request, data.device_token),
        key=request.headers.get("idempotency-key"),
    )
    return _signed_in(got) if isinstance(got, access.SignedIn) else _code_asked(got)


@post(
    "/sessions/{flow:uuid}/confirmation",
    opt={"tier": "open"},
    summary="Confirm by code",
    responses=SIGNED,
)
async def confirm_sign_in(
    request: Asked, flow: FromPath[UUID], data: JSONBody[shapes.Code], db: Db
) -> Response[bytes]:
    origin = origin_of(request, data.device_token)
    return _signed_in(await access.confirm_sign_in(db, flow=flow, code=data.code, origin=origin))


@post(
    "/sessions/{flow:uuid}/sends",
    opt={"tier": "open"},
    status_code=202,
    summary="Send the code again",
    responses=ASKED,
)
async def resend_sign_in(
    request: Asked, flow: FromPath[UUID], data: JSONBody[shapes.Device], db: Db
) -> Response[bytes]:
    origin = origin_of(request, data.device_token)
    return _code_asked(await access.resend_code(db, flow=flow, origin=origin))


@post(
    "/password-resets",
    opt={"tier": "open"},
    status_code=202,
    summary="Set or reset a password",
    responses=ASKED,
)
async def request_password(
    request: Asked, data: JSONBody[shapes.SetPassword], db: Db
) -> Response[bytes]:
    """202 for every number, ours or not."""
    asked = await access.request_password(
        db,
        msisdn=number_of(db, data.msisdn),
        password=Secret(data.password),
        origin=origin_of(request, data.device_token),
        key=request.headers.get("idempotency-key"),
    )
    return _code_asked(asked)


@post(
    "/password-resets/{flow:uuid}/confirmation",
    opt={"tier": "open"},
    summary="Confirm by code",
    responses=SIGNED,
)
async def confirm_password(
    request: Asked, flow: FromPath[UUID], data: JSONBody[shapes.Code], db: Db
) -> Response[bytes]:
    origin = origin_of(request, data.device_token)
    return _signed_in(await access.confirm_password(db, flow=flow, code=data.code, origin=origin))


@post(
    "/password-resets/{flow:uuid}/sends",
    opt={"tier": "open"},
    status_code=202,
    summary="Send the code again",
    responses=ASKED,
)
async def resend_password(
    request: Asked, flow: FromPath[UUID], data: JSONBody[shapes.Device], db: Db
) -> Response[bytes]:
    origin = origin_of(request, data.device_token)
    return _code_asked(await access.resend_code(db, flow=flow, origin=origin))


@get("/sessions", opt={"tier": 1}, summary="Where this number is signed in")
async def sessions(request: Asked, db: Db) -> shapes.OpenSessions:
    mine = await session_of(request, db, tier=1)
    own = db.acting(Principal.subscriber(mine.subscription, mine.billing_account))
    found = await own.run(access.sessions_of, subscription=mine.subscription)
    return shapes.OpenSessions(
        [
            shapes.OpenSession(
                id=str(one.id),
                made_at=one.made_at,
                seen_at=one.seen_at,
                expires_at=one.expires_at,
                channel=one.channel,
                agent=one.agent,
                tier=one.tier,
                current=one.id == mine.id,
            )
            for one in found
        ]
    )


@delete("/sessions/current", opt={"tier": 0}, status_code=204, summary="Sign out")
async def sign_out(request: Asked, db: Db) -> None:
    await session_of(request, db, tier=0)
    system = db.acting(Principal.system("access"))
    await system.run(access.sign_out, token=token_of(request))


@delete("/sessions/{session:uuid}", opt={"tier": 1}, status_code=204, summary="End a session")
async def end_session(request: Asked, session: FromPath[UUID], db: Db) -> None:
    mine = await session_of(request, db, tier=1)
    own = db.acting(Principal.subscriber(mine.subscription, mine.billing_account))
    await own.run(access.end_session, session=session, subscription=mine.subscription)


def _signed_in(got: access.SignedIn) -> Response[bytes]:
    session = got.session
    body = shapes.SignedIn(
        token=got.token.reveal(),
        device_token=got.device_token.reveal(),
        expires_at=session.expires_at,
        number=shapes.Number(str(session.subscription), got.msisdn.e164, session.tier),
    )
    return answer(body, 201)


def _code_asked(asked: access.CodeAsked) -> Response[bytes]:
    body = shapes.CodeAsked(
        id=str(asked.id),
        expires_at=asked.expires_at,
        resend_at=asked.resend_at,
        attempts_left=asked.attempts_left,
        device_token=asked.device_token.reveal() if asked.device_token else None,
    )
    return answer(body, 202)
