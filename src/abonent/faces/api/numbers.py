"""The figures of a number, together and each alone."""

from __future__ import annotations

import hashlib

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from abonent import overview
from abonent.faces import Db
from abonent.faces.api import shapes
from abonent.faces.api.asking import JSON, Asked, encode, given, token_of
from abonent.faces.api.problems import NotFound, words_of
from abonent.kit import SubscriptionId
from abonent.storage import Database


@get(
    "/numbers/{number:str}/home",
    opt={"tier": 0},
    summary="Home in one answer",
    responses=given(shapes.HomeShape),
)
async def home(request: Asked, number: FromPath[str], db: Db) -> Response[bytes]:
    seen = await _home(request, number, db)
    return _aging(request, shapes.home_shape(seen, words_of(request).language))


@get(
    "/numbers/{number:str}/balance",
    opt={"tier": 0},
    summary="Balance",
    responses=given(shapes.BalanceShape),
)
async def balance(request: Asked, number: FromPath[str], db: Db) -> Response[bytes]:
    return _aging(request, shapes.balance_shape(await _home(request, number, db)))


@get(
    "/numbers/{number:str}/buckets",
    opt={"tier": 0},
    summary="What is left",
    responses=given(shapes.Buckets),
)
async def buckets(request: Asked, number: FromPath[str], db: Db) -> Response[bytes]:
    seen = await _home(request, number, db)
    items = [shapes.BucketShape.of(bucket) for bucket in seen.buckets]
    return _aging(request, shapes.Buckets(seen.as_of, items))


@get(
    "/numbers/{number:str}/tariff",
    opt={"tier": 0},
    summary="Tariff",
    responses=given(shapes.TariffShape),
)
async def tariff(request: Asked, number: FromPath[str], db: Db) -> Response[bytes]:
    seen = await _home(request, number, db)
    return _aging(request, shapes.tariff_shape(seen, words_of(request).language))


async def _home(request: Asked, number: str, db: Database) -> overview.Home:
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise NotFound
    token = token_of(request)
    return await overview.home(db, token=token, number=SubscriptionId(int(number)))


def _aging(request: Asked, body: msgspec.Struct) -> Response[bytes]:
    """An answer with an ETag over everything but its moment: unchanged figures are a 304."""
    still = msgspec.structs.replace(body, as_of=None) if hasattr(body, "as_of") else body
    tag = f'"{hashlib.sha256(encode(still)).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-store", "Vary": "Accept-Language"}
    if tag in {part.strip() for part in request.headers.get("if-none-match", "").split(",")}:
        return Response(b"", status_code=304, media_type=JSON, headers=headers)
    return Response(encode(body), media_type=JSON, headers=headers)
