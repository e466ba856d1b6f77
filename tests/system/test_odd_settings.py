"""A setting that does not fit stops the start with one line that says which; never a traceback,
never a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from abonent.settings import PROFILES, SettingsWrong, load
from abonent.storage import load_keys
from tests.system import running

NOBODY = "postgresql://abonent_app:pa55-in-url@127.0.0.1:1/abonent"


def one_line(folder: Path, command: str, **variables: str) -> tuple[int, str]:
    told = running.run(folder, command, **variables)
    assert "Traceback" not in told.stderr
    assert told.stdout == ""
    lines = told.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    return told.returncode, lines[0]


@pytest.mark.parametrize(
    ("command", "name", "value"),
    [
        ("demo", "ABONENT_PORT", "eight"),
        ("demo", "ABONENT_PROFILE", "nowhere.toml"),
        ("serve", "ABONENT_PORT", "99999"),
        ("serve", "ABONENT_DATABASE_URL", "mysql://root@localhost/abonent"),
        ("work", "ABONENT_DATABASE_URL", ""),
        ("migrate", "ABONENT_DATABASE_OWNER_URL", "abonent"),
        ("serve", "ABONENT_DATA", "/dev/null/keys"),
    ],
)
def test_a_wrong_setting_is_named_with_status_2(
    fresh: Path, command: str, name: str, value: str
) -> None:
    variables = {"ABONENT_DATABASE_URL": NOBODY} if name in {"ABONENT_DATA"} else {}
    status, line = one_line(fresh, command, **{**variables, name: value})
    assert status == 2
    assert name in line
    assert not (fresh / "data" / "postgres").exists()


@pytest.mark.parametrize("command", ["serve", "work", "migrate", "demo"])
def test_a_database_that_does_not_answer_is_told_without_its_password(
    fresh: Path, command: str
) -> None:
    status, line = one_line(fresh, command, ABONENT_DATABASE_URL=NOBODY)
    assert status == 1
    assert "database" in line
    assert "pa55" not in line


def test_a_url_that_no_driver_can_read_is_a_wrong_setting(fresh: Path) -> None:
    url = "postgresql://u:pa55-in-url@127.0.0.1/abonent?sslmode=odd"
    status, line = one_line(fresh, "serve", ABONENT_DATABASE_URL=url)
    assert status == 2
    assert "URL" in line
    assert "pa55" not in line


def test_several_hosts_may_stand_in_a_url() -> None:
    url = "postgresql://u@one:5432,two:5433/abonent"
    assert load({"ABONENT_DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize("port", ["0", "-1", "65536", "80 80", "8_000", "٨٠٨٠", "8000.0"])
def test_a_port_is_a_number_that_a_port_can_have(port: str) -> None:
    with pytest.raises(SettingsWrong, match="ABONENT_PORT"):
        load({"ABONENT_PORT": port})


def test_what_is_empty_is_not_set() -> None:
    names = ("PROFILE", "DATA", "PORT", "HOST", "TLS_PROXY", "DATABASE_URL", "DATABASE_OWNER_URL")
    empty = load({f"ABONENT_{name}": "" for name in names})
    assert empty == load({})


@pytest.mark.parametrize(
    "url", ["http://[", "db.example", "postgresql+asyncpg://u:pa55@h/d", "postgresql://u@h:first/d"]
)
def test_a_url_that_cannot_be_read_is_not_repeated(url: str) -> None:
    with pytest.raises(SettingsWrong, match="ABONENT_DATABASE_URL") as refusal:
        load({"ABONENT_DATABASE_URL": url})
    assert url not in str(refusal.value)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("[operator]", "[operator"),
        ('currency = "BYN"', 'currency = "EUR"'),
        ("Europe/Minsk", "Europe/Polotsk"),
        ('"ru", "be", "en"', '"ru", "be", "eo"'),
        ('"ru", "be", "en"', ""),
        ('en = "Vasilek"', ""),
        ("code =", "kode ="),
        ("[operator]", "port = 99999\n[operator]"),
    ],
)
def test_a_profile_that_does_not_fit_is_named_in_one_line(
    tmp_path: Path, was: str, becomes: str
) -> None:
    text = (PROFILES / "by.toml").read_text(encoding="utf-8")
    assert was in text
    own = tmp_path / "own.toml"
    own.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(SettingsWrong, match=r"ABONENT_PROFILE.*own\.toml") as refusal:
        load({"ABONENT_PROFILE": str(own)})
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"{}", b'{"peppers": [1]}', b'{"pep'])
def test_keys_that_were_cut_are_named_and_never_made_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "keys.json").write_bytes(content)
    with pytest.raises(SettingsWrong, match=r"keys\.json"):
        load_keys(tmp_path)
    assert (tmp_path / "keys.json").read_bytes() == content
