"""After everything that people do with passwords, codes and tokens, none of them stands anywhere.

Real processes, through the web, USSD and the API; then the output of the demo, the log of the
server, every row of every table (in the clear, as bytes written out, as a plain digest) and every
file of the data folder are searched. Only `keys.json` is left out: it holds keys, by design.
"""

from __future__ import annotations

import base64
import hashlib
import html
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from abonent.storage import EmbeddedServer
from tests.system import running
from tests.system.running import Demo

# Not of the cast: the greeting on the terminal tells the numbers of those.
WEB, USSD, API = "375330000006", "375330000007", "375330000008"

_TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'm')
   AND (n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
        OR c.relname IN ('pg_statistic', 'pg_largeobject', 'pg_description'))
"""
# A moment has six digits behind its seconds, as a code has.
_CLOCK = re.compile(r"\d\d:\d\d:\d\d\.\d+")
_SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")


@dataclass
class Secrets:
    """What was typed, sent or given during the run."""

    words: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)

    def typed(self, password: str) -> str:
        self.words.add(password)
        return password

    def came(self, code: str) -> str:
        self.codes.add(code)
        return code

    def wrong(self, code: str) -> str:
        return self.came(f"{(int(code) + 1) % 1_000_000:06}")


@dataclass
class Left:
    """What the run has left: texts by where they stand, files that are bytes, the secrets."""

    secrets: Secrets
    logs: dict[str, str]
    rows: dict[str, str]
    files: list[Path]


class Browser:
    """A browser without JavaScript: cookies and forms."""

    def __init__(self, demo: Demo) -> None:
        self._address = demo.address
        self.cookies = http.cookiejar.CookieJar()
        keeper = urllib.request.HTTPCookieProcessor(self.cookies)
        self._opener = urllib.request.build_opener(keeper)

    def get(self, path: str) -> tuple[str, str]:
        """Where it led, and the page."""
        return self._open(urllib.request.Request(f"{self._address}{path}"))

    def submit(self, page: str, action: str, **fields: str) -> tuple[str, str]:
        _, shown = self.get(page)
        hidden = dict(re.findall(r'name="(csrf|operation)" value="([^"]*)"', shown))
        body = urllib.parse.urlencode(
            {**{name: html.unescape(value) for name, value in hidden.items()}, **fields}
        )
        return self._open(urllib.request.Request(f"{self._address}{action}", body.encode()))

    def _open(self, request: urllib.request.Request) -> tuple[str, str]:
        try:
            with self._opener.open(request, timeout=30) as answer:
                return urllib.parse.urlsplit(answer.url).path, answer.read().decode()
        except urllib.error.HTTPError as error:
            return urllib.parse.urlsplit(error.url).path, error.read().decode()


def code_of(demo: Demo, msisdn: str) -> str:
    """The newest code on a phone, once it has come."""
    found: list[str] = []

    def came() -> bool:
        _, inbox = demo.ask(f"/demo/messages?msisdn={msisdn}")
        assert isinstance(inbox, dict)
        found.extend(_SIX_DIGITS.findall(" ".join(one["text"] for one in inbox["items"])))
        return bool(found)

    running.until(came, 30)
    return found[0]


def by_web(demo: Demo, secrets: Secrets) -> None:
    browser = Browser(demo)
    number, password = WEB[3:], secrets.typed("zeBra31w")
    browser.submit("/sign-in", "/sign-in", msisdn=secrets.typed("zeBra30w"), password="")
    browser.submit("/password", "/password", msisdn=number, password=secrets.typed("я"))
    page, _ = browser.submit("/password", "/password", msisdn=number, password=password)
    code = secrets.came(code_of(demo, WEB))
    browser.submit(page, page, code=secrets.wrong(code))
    assert browser.submit(page, page, code=code)[0] == "/"
    secrets.words |= tokens(browser)
    browser.submit("/settings", "/sign-out")
    wrong = secrets.typed("zeBra32w")
    assert browser.submit("/sign-in", "/sign-in", msisdn=number, password=wrong)[0] == "/sign-in"
    assert browser.submit("/sign-in", "/sign-in", msisdn=number, password=password)[0] == "/"
    secrets.words |= tokens(browser)
    browser.submit("/settings", "/sign-out")
    assert browser.get("/")[0] == "/sign-in"


def tokens(browser: Browser) -> set[str]:
    found = {
        cookie.value or ""
        for cookie in browser.cookies
        if cookie.name.endswith(("-session", "-device"))
    }
    assert len(found) == 2 and all(len(token) > 30 for token in found)
    return found


def by_ussd(demo: Demo, secrets: Secrets) -> None:
    demo.dial(USSD, f"*111*17*{secrets.typed('zeBra41wxyz')}#")  # too long: refused
    demo.dial(USSD, f"*111*17*{secrets.typed('zeBra33w')}#")
    status, shown = demo.ask("/demo/ussd", {"msisdn": USSD, "text": "*111*17#"})
    assert status == 200
    for typed in (secrets.typed("zeBra34w"), secrets.typed("zeBra35w"), "zeBra34w", "zeBra34w"):
        assert isinstance(shown, dict)
        answer = {"msisdn": USSD, "text": typed, "dialogue": shown["dialogue"]}
        _, shown = demo.ask("/demo/ussd", answer)
    demo.ask("/demo/messages", {"msisdn": USSD, "text": f"ПАРОЛЬ {secrets.typed('zeBra36w')}"})


def by_api(demo: Demo, secrets: Secrets) -> None:
    password = secrets.typed("zeBra37w")
    _, asked = demo.ask("/api/v1/password-resets", {"msisdn": API, "password": password})
    assert isinstance(asked, dict)
    device = secrets.typed(asked["device_token"])
    path = f"/api/v1/password-resets/{asked['id']}/confirmation"
    code = secrets.came(code_of(demo, API))
    demo.ask(path, {"code": secrets.wrong(code), "device_token": device})
    status, got = demo.ask(path, {"code": code, "device_token": device})
    assert status == 201 and isinstance(got, dict)
    secrets.words |= {got["token"], got["device_token"]}
    wrong = {"msisdn": API, "password": secrets.typed("zeBra38w")}
    assert demo.ask("/api/v1/sessions", wrong)[0] == 401
    status, got = demo.ask("/api/v1/sessions", {"msisdn": API, "password": password})
    assert status == 201 and isinstance(got, dict)
    secrets.words |= {got["token"], got["device_token"]}
    home = f"/api/v1/numbers/{got['number']['id']}/home"
    assert demo.ask(home, token=got["token"])[0] == 200
    assert demo.ask("/api/v1/sessions", {"password": secrets.typed("zeBra39w")})[0] == 400
    demo.ask(f"/api/v1/nothing/{secrets.typed('zeBra40w')}", token=got["token"])


def rows_of(folder: Path) -> dict[str, str]:
    """Every row of every table, as text, with bytes in both spellings."""
    url = EmbeddedServer(folder / "data" / "postgres").dsn("postgres", "postgres")
    found: dict[str, str] = {}
    with psycopg.connect(url) as connection:
        tables = connection.execute(_TABLES).fetchall()
        for spelling in ("hex", "escape"):
            connection.execute(f"SET bytea_output = {spelling}")
            for schema, table in tables:
                rows = SQL("SELECT t::text FROM {} t").format(Identifier(schema, table))
                text = "\n".join(row[0] for row in connection.execute(rows))
                found[f"{schema}.{table} ({spelling})"] = _CLOCK.sub("", text)
    return found


@pytest.fixture(scope="module")
def left() -> Iterator[Left]:
    with running.place() as folder:
        demo = running.start(folder)
        secrets = Secrets()
        by_web(demo, secrets)
        by_ussd(demo, secrets)
        by_api(demo, secrets)
        rows = rows_of(folder)
        assert demo.stop() == 0
        server = folder / "data" / "postgres" / "server.log"
        logs = {"output": demo.log, "server": server.read_text(encoding="utf-8")}
        files = [
            file
            for file in (folder / "data").rglob("*")
            if file.is_file() and file.name != "keys.json"
        ]
        yield Left(secrets, logs, rows, files)


def spellings(secret: str) -> set[str]:
    """As it may stand in a text: in the clear, encoded, or as a digest that needs no key."""
    plain = secret.encode()
    encoded = {base64.b64encode(plain).decode().rstrip("="), urllib.parse.quote(secret)}
    digests = {hashlib.new(name, plain).hexdigest() for name in ("md5", "sha1")}
    if len(secret) < 20:  # a token of 256 random bits does stand as its SHA-256
        digests.add(hashlib.sha256(plain).hexdigest())
    return {secret, plain.hex(), *encoded, *digests}


def stands(secrets: Secrets, text: str) -> list[str]:
    """The secrets that stand in a text. A code is six digits that no other sign adjoins."""
    found = [word for word in secrets.words if len(word) > 1 and spelt(word, text)]
    for code in secrets.codes:
        alone = re.search(rf"(?<![0-9A-Za-z]){code}(?![0-9A-Za-z])", text)
        if alone or any(way in text for way in spellings(code) - {code}):
            found.append(code)
    return found


def spelt(word: str, text: str) -> bool:
    return any(way in text for way in spellings(word))


def test_the_run_saw_what_it_should_have_seen(left: Left) -> None:
    """A search that finds nothing proves something only when there was something to be found."""
    assert len(left.secrets.codes) >= 3
    assert len([word for word in left.secrets.words if len(word) > 30]) >= 5
    assert {"access.session (hex)", "jobs.procrastinate_jobs (hex)"} <= set(left.rows)
    assert WEB in left.rows["messaging.contact (hex)"]
    assert "database system is ready" in left.logs["server"]
    assert any(file.parent.name == "pg_wal" for file in left.files)


def test_no_table_holds_a_password_a_code_or_a_token(left: Left) -> None:
    found = {where: stands(left.secrets, text) for where, text in left.rows.items()}
    assert not {where: hits for where, hits in found.items() if hits}


def test_no_log_holds_a_password_a_code_or_a_token(left: Left) -> None:
    for where, text in left.logs.items():
        assert stands(left.secrets, text) == [], where
        assert "Traceback" not in text, text


def test_no_log_holds_a_whole_number(left: Left) -> None:
    for where, text in left.logs.items():
        digits = re.sub(r"[\s()+\-\u2011]", "", text)
        for number in (WEB, USSD, API):
            assert number[3:] not in digits, where


def test_no_file_of_the_data_folder_holds_a_password_or_a_token(left: Left) -> None:
    """Also not in what the tables have forgotten: dead rows and the write-ahead log."""
    words = [way.encode() for word in left.secrets.words for way in spellings(word) if len(way) > 6]
    found = set()
    for file in left.files:
        content = file.read_bytes()
        found |= {(file.name, word) for word in words if word in content}
    assert not found


def test_no_code_stands_in_a_forgotten_row(left: Left) -> None:
    for file in left.files:
        content = file.read_bytes()
        for code in left.secrets.codes:
            alone = rb"(?<![0-9A-Za-z.])" + code.encode() + rb"(?![0-9A-Za-z])"
            assert not re.search(alone, content), (file, code)
