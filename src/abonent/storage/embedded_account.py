"""Under which OS account the embedded server runs.

Started by an ordinary user, everything runs as that user. Started by root, PostgreSQL refuses
to run as root, so the server gets a user and group id of its own, `SERVER_UID`. Not `nobody`:
every daemon that fell back to `nobody` could read the files and take the database roles. Not
`postgres`: that account may already run other clusters, and whoever is a superuser there could
step over into ours. The number lies in 60706 to 61183, the only range below 65535 that neither
distributions nor systemd give away, so it also exists inside most containers; it needs no line
in /etc/passwd, adds no login to the machine, and the folders we hand over are the only files it
owns. PostgreSQL itself does not mind an account without a name; only `initdb` does, see
`initdb_account`.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SERVER_UID = 60950
SERVER_GID = 60950

# PG* variables of the caller must not reach the server, and messages stay in one language.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """An OS user and group by number; `dropped` when root must drop to it first."""

    uid: int
    gid: int
    dropped: bool

    def popen(
        self, argv: Sequence[str], *, output: int, keep: Sequence[int] = ()
    ) -> subprocess.Popen[bytes]:
        """Start `argv` under this account in a session of its own; `keep`: open files it inherits.

        Own session: Ctrl-C in the terminal reaches the application, which then stops the
        server in order. Raises OSError when the account cannot be taken.
        """
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_ENVIRONMENT,
            pass_fds=keep,
            cwd="/",
            umask=0o077,
            start_new_session=True,
            user=self.uid if self.dropped else None,
            group=self.gid if self.dropped else None,
            extra_groups=[] if self.dropped else None,
        )

    def own(self, path: Path) -> None:
        """Make this account the owner of one file or folder (never through a symlink)."""
        if self.dropped:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def own_tree(self, top: Path) -> None:
        """Make this account the owner of `top` and all below, never leaving it by a symlink."""
        if not self.dropped:
            return
        self.own(top)
        for _, folders, files, at in os.fwalk(top, follow_symlinks=False):
            for name in (*folders, *files):
                os.chown(name, self.uid, self.gid, dir_fd=at, follow_symlinks=False)

    def passes(self, folder: Path) -> bool:
        """Whether this account may pass through `folder` and everything above it."""
        if not self.dropped:
            return True
        return all(self._may(step, 0o1) for step in (folder, *folder.parents))

    def runs(self, program: Path) -> bool:
        """Whether this account may read and execute `program`."""
        if not self.dropped:
            return True
        return self._may(program, 0o5) and self.passes(program.resolve().parent)

    def _may(self, path: Path, bits: int) -> bool:
        state = path.stat()
        mode = state.st_mode
        if state.st_uid == self.uid:
            return (mode >> 6) & bits == bits
        if state.st_gid == self.gid:
            return (mode >> 3) & bits == bits
        return mode & bits == bits


def server_account() -> Account:
    """The account of the server: the caller's own, or the server's own id when root calls."""
    if os.geteuid() == 0:
        return Account(SERVER_UID, SERVER_GID, dropped=True)
    return Account(os.geteuid(), os.getegid(), dropped=False)


def initdb_account() -> Account:
    """The account that lays out a new cluster, before it is handed to `server_account`.

    `initdb` insists on an account with a name. As root a named unprivileged user is borrowed
    for that second, together with the group of the server: the folder above lets only this
    group pass, so other processes of the borrowed user cannot get in. Raises LookupError when
    the machine has no such user.
    """
    own = server_account()
    if not own.dropped:
        return own
    for name in ("nobody", "daemon", "postgres"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        if found.pw_uid != 0:
            return Account(found.pw_uid, SERVER_GID, dropped=True)
    raise LookupError("no unprivileged user")


def account_names() -> list[str]:
    """Names of the OS users who may take database roles: the caller and the server.

    An id without a name cannot pass peer authentication and is left out; the list may be empty.
    """
    names = []
    for uid in {os.geteuid(), server_account().uid}:
        try:
            names.append(pwd.getpwuid(uid).pw_name)
        except KeyError:
            continue
    return sorted(names)
