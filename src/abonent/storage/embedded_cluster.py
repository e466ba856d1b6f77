"""What the embedded server is made of: a new cluster, who may enter it, and how it is tuned.

Entry is by peer authentication alone: the kernel says which OS user is on the other end of the
socket, and only the user that runs Abonent (and the server's own) may take the four roles. There
is no password, no `trust` and no TCP. Laws stand on the command line, where neither ALTER SYSTEM
nor a file in the cluster can undo them.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from abonent.storage.embedded_account import Account, account_names, initdb_account
from abonent.storage.embedded_failures import ServerFailed
from abonent.storage.embedded_place import Place

ROLES: Final = ("postgres", "abonent_owner", "abonent_app", "abonent_reader")

# For a machine with 2 cores: room for a bulk load (few checkpoints), no JIT for short queries.
_DEFAULTS: Final[Mapping[str, str]] = {
    "max_connections": "60",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "1",
    "wal_level": "replica",
    "wal_compression": "on",
    "wal_buffers": "16MB",
    "min_wal_size": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
}
# Nobody overrides these: no TCP, private socket, no statement text or parameter in the log.
_LAWS: Final[Mapping[str, str]] = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
_PLACED: Final = frozenset(
    ("unix_socket_directories", "hba_file", "ident_file", "data_directory", "config_file")
)


def major_of(cluster: Path) -> int | None:
    """Major version of PostgreSQL that made `cluster`; None when there is no cluster yet."""
    try:
        return int((cluster / "PG_VERSION").read_text(encoding="ascii"))
    except FileNotFoundError:
        return None


def check_settings(settings: Mapping[str, str]) -> None:
    """Raise ValueError for a setting that is a law of the embedded server or is no setting."""
    for name in settings:
        if name in _LAWS or name in _PLACED:
            raise ValueError(f"{name} is fixed for the embedded server")
        if not re.fullmatch(r"[a-z_]+(\.[a-z_0-9]+)?", name):
            raise ValueError(f"{name!r} is no PostgreSQL setting")


def create_cluster(place: Place, binaries: Path) -> None:
    """Lay out an empty cluster, on disk for good when this returns.

    Built under another name and renamed when finished, so a cluster that exists is whole.
    `initdb` keeps its sync (0.1 s of a second): the renaming may not outlive its files. Locale C:
    the order of an index then never depends on a library of the machine, so binaries and backups
    move freely; where people read an order, the query names an ICU collation. Checksums, because
    a small machine has no other guard against a bad disk. Raises ServerFailed.
    """
    fresh = place.home / "cluster.new"
    if fresh.exists():
        shutil.rmtree(fresh)
    fresh.mkdir(mode=0o700)
    try:
        borrowed = initdb_account()
    except LookupError:
        raise ServerFailed(
            "PostgreSQL does not run as root, and this machine has no user «nobody», «daemon» or "
            "«postgres» to prepare the database with. Run Abonent as an ordinary user."
        ) from None
    borrowed.own(fresh)
    argv = [str(binaries / "initdb"), "-D", str(fresh), "-U", "postgres", "--auth=reject"]
    argv += ["--encoding=UTF8", "--locale=C", "--data-checksums"]
    _run(borrowed, argv, "prepare a new database")
    place.account.own_tree(fresh)
    fresh.rename(place.cluster)
    _sync(place.home)


def write_access(place: Place) -> None:
    """Write who may enter: peer authentication, our OS users to the four roles, nobody else.

    Raises ServerFailed when the caller's OS user has no name, since peer works by name.
    """
    names = account_names()
    if not names:
        raise ServerFailed(
            f"The user that runs Abonent has the number {os.geteuid()} but no name on this "
            "machine, and the database lets users in by name. Run Abonent as a user listed in "
            "/etc/passwd, or use a server of your own by ABONENT_DATABASE_URL."
        )
    roles = ",".join(ROLES)
    pairs = [f"abonent {_quoted(name)} {role}" for name in names for role in ROLES]
    _write(place, "pg_hba.conf", [f"local all {roles} peer map=abonent"])
    _write(place, "pg_ident.conf", pairs)


def command(
    place: Place, binaries: Path, socket_folder: Path, settings: Mapping[str, str]
) -> list[str]:
    """The command line of the server; `settings` win over the defaults, never over the laws."""
    check_settings(settings)
    placed = {
        "unix_socket_directories": _quoted(str(socket_folder)),
        "hba_file": str(place.home / "pg_hba.conf"),
        "ident_file": str(place.home / "pg_ident.conf"),
    }
    argv = [str(binaries / "postgres"), "-D", str(place.cluster)]
    for name, value in {**_DEFAULTS, **settings, **_LAWS, **placed}.items():
        argv += ["-c", f"{name}={value}"]
    return argv


def _run(account: Account, argv: list[str], purpose: str) -> None:
    process = account.popen(argv, output=subprocess.PIPE)
    try:
        output, _ = process.communicate(timeout=300)
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode != 0:
        told = os.fsdecode(output).strip().splitlines()[-3:]
        raise ServerFailed(
            f"PostgreSQL could not {purpose}. It said: «{' '.join(told)}». Correct this (a full "
            "disk and missing rights are the usual reasons), and start again."
        )


def _write(place: Place, name: str, lines: list[str]) -> None:
    fresh = place.home / f"{name}.new"
    fresh.unlink(missing_ok=True)
    with open(fresh, "x", encoding="utf-8", errors="surrogateescape") as file:
        file.write("\n".join((*lines, "")))
        if place.account.dropped:
            os.fchown(file.fileno(), 0, place.account.gid)
        os.fchmod(file.fileno(), 0o640 if place.account.dropped else 0o600)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(place.home / name)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
