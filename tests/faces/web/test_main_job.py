"""The main job in the browser's terms: forms, cookies, redirects; no JavaScript anywhere."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from abonent.kit import Msisdn
from abonent.storage import Database
from tests.conftest import Clock
from tests.phones import ANNA, BORIS, PASSWORD, open_phone, open_with_password

Texts = Callable[[Msisdn], Awaitable[list[str]]]
Browser = Callable[[], httpx.AsyncClient]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return html.unescape(found[1])


def text_of(page: str) -> str:
    """What a person reads: without tags, gaps made plain."""
    bare = re.sub(r"<(script|style|svg|head)\b.*?</\1>", " ", page, flags=re.S)
    bare = html.unescape(re.sub(r"<[^>]+>", " ", bare))
    return re.sub(r"\s+", " ", bare.replace("\u00a0", " ").replace("\u2011", "-"))


async def submit(
    client: httpx.AsyncClient, page: str, action: str, **fields: str
) -> httpx.Response:
    """Post a form of the page, as the browser would."""
    shown = (await client.get(page)).text
    hiddens = {"csrf": hidden(shown, "csrf")}
    if 'name="operation"' in shown:
        hiddens["operation"] = hidden(shown, "operation")
    return await client.post(action, data={**hiddens, **fields}, headers=FORM)


async def signed_in(client: httpx.AsyncClient, db: Database) -> None:
    await open_with_password(db)
    answer = await submit(client, "/sign-in", "/sign-in", msisdn="33 000-00-01", password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def code_of(texts: Texts, number: Msisdn = ANNA) -> str:
    for text in await texts(number):
        if found := re.search(r"\b\d{6}\b", text):
            return found[0]
    raise AssertionError("no code came")


async def test_home_without_a_session_leads_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_signing_in_shows_true_figures_with_their_moment(
    db: Database, client: httpx.AsyncClient
) -> None:
    await signed_in(client, db)
    seen = text_of((await client.get("/")).text)
    assert "47,35 руб." in seen
    assert "на 14:32" in seen
    assert "осталось 12,5 ГБ из 12,5 ГБ" in seen
    assert "Безлимит" in seen
    assert "действует до 14.08.2026" in seen
    assert "15 августа, абонентская плата 19,90 руб." in seen
    assert "Тариф «Луговой»" in seen


async def test_a_number_that_never_had_a_password_sets_one_and_is_in(
    db: Database, client: httpx.AsyncClient, post_office: Texts
) -> None:
    await open_phone(db)
    asked = await submit(client, "/password", "/password", msisdn="330000001", password="zebra274")
    assert asked.status_code == 303
    page = asked.headers["location"]
    assert "330000001" not in page
    shown = text_of((await client.get(page)).text)
    assert "+375 (33) 000-00-01" in shown
    done = await submit(client, page, page, code=await code_of(post_office))
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert "47,35 руб." in text_of((await client.get("/")).text)


async def test_a_password_set_on_the_web_ends_the_session_elsewhere_and_an_sms_tells(
    db: Database, browser: Browser, post_office: Texts
) -> None:
    async with browser() as old, browser() as new:
        await signed_in(old, db)
        asked = await submit(new, "/password", "/password", msisdn="330000001", password="zebra274")
        page = asked.headers["location"]
        await submit(new, page, page, code=await code_of(post_office))
        assert (await old.get("/")).headers["location"] == "/sign-in"
        assert any("Новый пароль" in text for text in await post_office(ANNA))


async def test_a_wrong_code_says_how_many_tries_are_left_and_keeps_the_page(
    db: Database, client: httpx.AsyncClient, post_office: Texts
) -> None:
    await open_phone(db)
    asked = await submit(client, "/password", "/password", msisdn="330000001", password="zebra274")
    page = asked.headers["location"]
    code = await code_of(post_office)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    answer = await submit(client, page, page, code=wrong)
    assert answer.status_code == 400
    assert "Неверный код. Осталось попыток: 4" in text_of(answer.text)
    assert (await submit(client, page, page, code="12")).status_code == 400
    assert (await submit(client, page, page, code=code)).headers["location"] == "/"


async def test_a_code_that_is_too_old_says_so(
    db: Database, client: httpx.AsyncClient, clock: Clock, post_office: Texts
) -> None:
    await open_phone(db)
    asked = await submit(client, "/password", "/password", msisdn="330000001", password="zebra274")
    page = asked.headers["location"]
    code = await code_of(post_office)
    clock.move(timedelta(minutes=5, seconds=1))
    answer = await submit(client, page, page, code=code)
    assert "Код устарел. Запросите новый" in text_of(answer.text)


async def test_a_code_cannot_be_asked_again_at_once_but_after_a_minute(
    db: Database, client: httpx.AsyncClient, clock: Clock, post_office: Texts
) -> None:
    await open_phone(db)
    asked = await submit(client, "/password", "/password", msisdn="330000001", password="zebra274")
    page = asked.headers["location"]
    first = await code_of(post_office)
    early = await submit(client, page, f"{page}/sends")
    assert early.status_code == 400
    clock.move(timedelta(seconds=61))
    again = await submit(client, page, f"{page}/sends")
    assert again.status_code == 303
    assert await code_of(post_office) != first


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"msisdn": "33000000a", "password": "x1y2z3"}, "цифр"),
        ({"msisdn": "+79161234567", "password": "x1y2z3"}, "+375"),
        ({"msisdn": "123", "password": "x1y2z3"}, "короткий"),
        ({"msisdn": "1" * 40, "password": "x1y2z3"}, "длинный"),
        ({"msisdn": "", "password": "x1y2z3"}, "номер"),
        ({"msisdn": "330000001", "password": ""}, "пароль"),
    ],
)
async def test_a_wrong_field_is_told_beside_it_and_what_was_typed_stays(
    client: httpx.AsyncClient, fields: dict[str, str], says: str
) -> None:
    for page in ("/sign-in", "/password"):
        answer = await submit(client, page, page, **fields)
        assert answer.status_code == 400
        assert says in text_of(answer.text).lower() or says in text_of(answer.text)
        assert f'value="{fields["msisdn"]}"' in answer.text
        assert "x1y2z3" not in answer.text, "a password never comes back"


async def test_a_wrong_pair_has_one_text_and_stays_on_the_page(
    db: Database, client: httpx.AsyncClient
) -> None:
    await open_with_password(db)
    for number in ("330000001", "339999999"):
        answer = await submit(client, "/sign-in", "/sign-in", msisdn=number, password="wrong99")
        assert answer.status_code == 401
        assert "Неверный номер или пароль" in text_of(answer.text)


async def test_six_wrong_passwords_say_how_long_to_wait(
    db: Database, client: httpx.AsyncClient
) -> None:
    await open_with_password(db)
    for _ in range(6):
        answer = await submit(
            client, "/sign-in", "/sign-in", msisdn="330000001", password="wrong99"
        )
    assert "Слишком много попыток. Попробуйте через 30 секунд" in text_of(answer.text)


async def test_a_change_without_our_token_is_refused_and_changes_nothing(
    db: Database, client: httpx.AsyncClient
) -> None:
    await signed_in(client, db)
    forged = await client.post("/sign-out", data={"csrf": "x" * 43}, headers=FORM)
    assert forged.status_code == 403
    assert (await client.get("/")).status_code == 200


async def test_a_change_from_another_origin_is_refused_even_with_the_token(
    db: Database, client: httpx.AsyncClient
) -> None:
    await signed_in(client, db)
    token = hidden((await client.get("/settings")).text, "csrf")
    headers = {**FORM, "Origin": "https://evil.example"}
    forged = await client.post("/sign-out", data={"csrf": token}, headers=headers)
    assert forged.status_code == 403
    assert (await client.get("/")).status_code == 200


async def test_signing_out_ends_the_session_on_the_server_too(
    db: Database, client: httpx.AsyncClient, browser: Browser
) -> None:
    await signed_in(client, db)
    kept = dict(client.cookies)
    answer = await submit(client, "/settings", "/sign-out")
    assert answer.headers["location"] == "/sign-in"
    assert "storage" in answer.headers["clear-site-data"]
    async with browser() as thief:
        thief.cookies.update(kept)
        assert (await thief.get("/")).headers["location"] == "/sign-in"


async def test_the_language_is_chosen_for_the_page_and_for_sms(
    db: Database, client: httpx.AsyncClient
) -> None:
    await signed_in(client, db)
    saved = await submit(client, "/settings", "/settings", language="be", theme="dark")
    assert saved.status_code == 303
    page = (await client.get("/")).text
    assert '<html lang="be" class="dark">' in page
    assert "Рэшткі пакетаў" in page

    async def spoken(tx):  # type: ignore[no-untyped-def]
        return await tx.value("SELECT language FROM messaging.contact")

    assert await db.run(spoken) == "be"


@pytest.mark.parametrize("wished", ["ru", "be", "en"])
async def test_a_page_speaks_the_language_that_the_browser_wishes(
    client: httpx.AsyncClient, wished: str
) -> None:
    answer = await client.get("/sign-in", headers={"Accept-Language": f"{wished};q=0.9, fr"})
    assert f'<html lang="{wished}"' in answer.text


async def test_a_language_we_do_not_have_changes_nothing(client: httpx.AsyncClient) -> None:
    saved = await submit(client, "/settings", "/settings", language="xx", theme="pink")
    assert saved.status_code == 303
    assert '<html lang="ru">' in (await client.get("/settings")).text


async def test_a_sign_in_by_password_alone_does_not_see_other_sessions(
    db: Database, client: httpx.AsyncClient
) -> None:
    await signed_in(client, db)
    page = (await client.get("/settings")).text
    assert "Завершить другие сеансы" not in page
    assert "Других сеансов нет" not in text_of(page)
    refused = await submit(client, "/settings", "/sessions/end-others")
    assert refused.status_code == 403


async def test_other_sessions_are_ended_from_a_proven_device(
    db: Database, browser: Browser, post_office: Texts
) -> None:
    async with browser() as mine, browser() as other:
        await open_phone(db)
        asked = await submit(
            mine, "/password", "/password", msisdn="330000001", password="zebra274"
        )
        page = asked.headers["location"]
        await submit(mine, page, page, code=await code_of(post_office))
        entered = await submit(
            other, "/sign-in", "/sign-in", msisdn="330000001", password="zebra274"
        )
        assert entered.headers["location"] == "/"
        assert "Ещё 1 сеанс" in text_of((await mine.get("/settings")).text)
        ended = await submit(mine, "/settings", "/sessions/end-others")
        assert ended.headers["location"] == "/settings?done=ended"
        assert (await other.get("/")).headers["location"] == "/sign-in"
        assert (await mine.get("/")).status_code == 200


async def test_another_device_cannot_use_the_code_page(
    db: Database, browser: Browser, post_office: Texts
) -> None:
    async with browser() as mine, browser() as thief:
        await open_phone(db)
        asked = await submit(
            mine, "/password", "/password", msisdn="330000001", password="zebra274"
        )
        assert (await thief.get(asked.headers["location"])).status_code == 404


async def test_a_poor_subscriber_is_told_what_is_missing(
    db: Database, client: httpx.AsyncClient
) -> None:
    await open_with_password(db, BORIS, top_up="20.07")
    await submit(client, "/sign-in", "/sign-in", msisdn="330000003", password=PASSWORD)
    seen = text_of((await client.get("/")).text)
    assert "0,17 руб." in seen
    assert "До списания 31 день, не хватает 19,73 руб." in seen


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "/password/abc", 404), ("PUT", "/sign-in", 405)],
)
async def test_addresses_that_are_not_there_say_so_on_a_page(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"csrf=" + b"1" * 1_000_000, FORM["Content-Type"], 413),
        (b"{}", "application/json", 415),
        (b"&".join(b"a=1" for _ in range(100)), FORM["Content-Type"], 400),
        (b"\xff\xfe=\xff", FORM["Content-Type"], 400),
    ],
)
async def test_a_body_that_is_no_form_of_ours_is_a_page_and_no_fault(
    client: httpx.AsyncClient, content: bytes, kind: str, status: int
) -> None:
    answer = await client.post("/sign-in", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
