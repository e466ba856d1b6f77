"""Where the embedded server lives on disk, private to its account.

Normally everything lies in the folder the caller names. When root calls and the server's account
cannot pass to that folder (a clone below /root), the server lives in a folder of its own below
/var/lib/abonent and the named folder keeps the locks and a pointer file, `elsewhere`. The
pointer, not a computed name, is the truth: a folder deleted and made anew starts empty.

As root the place belongs to root and lets only the server's group pass (0710); the server owns
just `cluster` and `run` inside it. So it cannot touch the access rules, its log or its programs,
and root never writes through a path that the server could have turned into a symlink.
"""

import hashlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from abonent.storage.embedded_account import Account, server_account
from abonent.storage.embedded_failures import ServerFailed
from abonent.storage.embedded_lock import IN_USE, SERVING, TURN

POINTER = "elsewhere"
_ELSEWHERE = Path("/var/lib/abonent")
_BELONGS = "belongs-to"
# Only a folder that `make_socket_folder` has proved to be ours alone is used below these.
_SHARED = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108
_OWN = (
    *("cluster", "cluster.new", "run", "programs", "server.log", "server.log.1"),
    *("pg_hba.conf", "pg_ident.conf", "pg_hba.conf.new", "pg_ident.conf.new"),
    *(_BELONGS,),
)
_LOCKS = (POINTER, "watch.lock", IN_USE, SERVING, TURN)
SOCKET = ".s.PGSQL.5432"
# Linux allows 107 bytes for a socket path, macOS 103.
_SOCKET_PATH_BYTES = 103


@dataclass(frozen=True)
class Place:
    """`folder` as named by the caller, with the locks; `home` with all the rest."""

    folder: Path
    home: Path
    account: Account

    @property
    def cluster(self) -> Path:
        """The data folder of PostgreSQL, 0700."""
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        """The server's log; the previous one stands beside it as `server.log.1`."""
        return self.home / "server.log"

    def socket_folder(self) -> Path:
        """Where the socket belongs: in the place, or below the system's temporary folder when
        the path would be too long for a socket or hold signs that connection strings split at.

        The name follows from `home`, so another process finds it. Raises ServerFailed when
        no folder fits.
        """
        inside = self.home / "run"
        if _fits(inside) and not set(str(inside)) & set(",\"\\'\n"):
            return inside
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        for base in (Path(tempfile.gettempdir()), *_SHARED):
            folder = base.resolve() / f"abonent-{digest}"
            if _fits(folder) and self.account.passes(folder.parent):
                return folder
        raise ServerFailed(
            f"The path {inside} is too long for a socket, and no temporary folder is short and "
            "open enough either. Keep the database in a folder with a shorter path."
        )

    def make_socket_folder(self) -> Path:
        """Create `socket_folder` 0700 for the account; raises ServerFailed when it is not ours."""
        folder = self.socket_folder()
        try:
            folder.mkdir(mode=0o700)
            self.account.own(folder)
        except FileExistsError:
            pass
        state = folder.lstat()
        if (state.st_uid, state.st_mode) != (self.account.uid, 0o040700):
            raise ServerFailed(
                f"The folder {folder} for the database socket exists already, but it is not a "
                "private folder of the user the server runs as. Remove it and start again."
            )
        return folder

    def remove(self) -> None:
        """Delete everything the server made; files of others and their folder stay."""
        short = self.socket_folder()
        if short.parent != self.home and short.is_dir() and not short.is_symlink():
            shutil.rmtree(short)
        for top, names in ((self.home, _OWN), (self.folder, _LOCKS)):
            for name in names:
                path = top / name
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
        for folder in {self.home, self.folder}:
            if not any(folder.iterdir()):
                folder.rmdir()


def claim(folder: Path) -> Path:
    """Create `folder`, or see that it is ours or empty; returns its real path.

    Raises ServerFailed when it holds something else or belongs to another user, OSError when it
    cannot be made. Nothing in a foreign folder is ever touched.
    """
    folder = Path(os.path.realpath(folder))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        there = set(os.listdir(folder)) - {"lost+found"}
    except PermissionError:
        there = {TURN}
    if there and TURN not in there:
        raise ServerFailed(
            f"The folder {folder} is not empty and was not made by Abonent, so no database is "
            "put into it. Name an empty or a new folder."
        )
    if folder.stat().st_uid != os.geteuid():
        if there or os.geteuid() != 0:
            raise ServerFailed(
                f"The database folder {folder} belongs to another user of this machine. Start "
                "Abonent as that user, or name another folder."
            )
        os.chown(folder, 0, 0)
    return folder


def make_place(folder: Path) -> Place:
    """The place of a claimed `folder`, created as needed. Call it in the folder's turn."""
    account = server_account()
    place = known_place(folder)
    if place is None:
        home = folder if account.passes(folder.parent) else _new_home(folder)
        place = Place(folder, home, account)
    elif not account.passes(place.home.parent):
        raise ServerFailed(
            f"The database lies in {place.home}, where the user the server runs as can no longer "
            f"go: a folder above it has lost its x right. Give it back, or move {place.home} and "
            f"write its new path into {folder / POINTER}."
        )
    _guard(place)
    return place


def known_place(folder: Path) -> Place | None:
    """The place of a claimed `folder` if it was made already; nothing is created.

    Raises ServerFailed when the pointer file leads nowhere.
    """
    account = server_account()
    pointer = folder / POINTER
    if pointer.is_file():
        home = Path(pointer.read_text(encoding="utf-8", errors="surrogateescape").strip())
        if not home.is_absolute() or not (home / _BELONGS).is_file():
            raise ServerFailed(
                f"The file {pointer} says that the database lies in {home}, but there is none. "
                f"Bring it back, or delete {pointer} to start with an empty database."
            )
        return Place(folder, home, account)
    if (folder / "cluster").is_dir():
        return Place(folder, folder, account)
    return None


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET)) <= _SOCKET_PATH_BYTES


def _new_home(folder: Path) -> Path:
    _ELSEWHERE.mkdir(mode=0o711, parents=True, exist_ok=True)
    state = _ELSEWHERE.lstat()
    if state.st_uid != 0 or state.st_mode & 0o022:
        raise ServerFailed(
            f"The database cannot lie in {folder}, because the user the server runs as cannot go "
            f"there, and {_ELSEWHERE}, its place instead, can be written by others than root. "
            "Correct its rights, or keep the database in a folder below /srv."
        )
    _ELSEWHERE.chmod(0o711)
    name = re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-")[:20] or "database"
    home = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=_ELSEWHERE))
    for path, text in ((home / _BELONGS, str(folder)), (folder / POINTER, str(home))):
        path.write_text(f"{text}\n", encoding="utf-8", errors="surrogateescape")
    return home


def _guard(place: Place) -> None:
    if place.account.dropped:
        os.chown(place.home, 0, place.account.gid)
        place.home.chmod(0o710)
    else:
        place.home.chmod(0o700)
    if place.folder != place.home:
        place.folder.chmod(0o700)
