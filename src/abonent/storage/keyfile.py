"""Where the keys lie: one file, readable by its owner alone, made at the first start.

It is never written into the database or a backup of it: with the dump alone nobody can check a
guess of a password. Losing the file voids every password; so it is backed up apart.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from abonent.kit import Keys
from abonent.settings import SettingsWrong

_KEY_BYTES = 32


def load_keys(folder: Path) -> Keys:
    """Read `keys.json` of the folder, or make it. Several processes may start at once.

    Raises SettingsWrong when the folder cannot be used or the file is not what was written.
    """
    path = folder / "keys.json"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _write_once(path)
        stored = json.loads(path.read_text(encoding="ascii"))
    except OSError as error:
        raise SettingsWrong(
            f"ABONENT_DATA, the folder {folder}, cannot be used: {error.strerror}."
        ) from None
    except ValueError:
        raise SettingsWrong(_spoiled(path)) from None
    try:
        bytes.fromhex(stored["peppers"][stored["pepper_id"]])
        return Keys(
            peppers={name: bytes.fromhex(value) for name, value in stored["peppers"].items()},
            pepper_id=stored["pepper_id"],
            digest_key=bytes.fromhex(stored["digest"]),
            seal_key=bytes.fromhex(stored["seal"]),
        )
    except (AttributeError, LookupError, TypeError, ValueError):
        raise SettingsWrong(_spoiled(path)) from None


def _spoiled(path: Path) -> str:
    return f"{path} cannot be read: some of the keys are missing or cut. Bring back its backup."


def _write_once(path: Path) -> None:
    fresh = {
        "pepper_id": "1",
        "peppers": {"1": secrets.token_hex(_KEY_BYTES)},
        "digest": secrets.token_hex(_KEY_BYTES),
        "seal": secrets.token_hex(_KEY_BYTES),
    }
    draft = path.with_name(f"keys.{os.getpid()}.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(fresh, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails when another process was first: its keys stand
    except FileExistsError:
        pass
    finally:
        draft.unlink()
