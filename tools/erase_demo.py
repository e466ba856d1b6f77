"""Erases the embedded database of the folder it is given, wherever it had to lie (`make clean`)."""

from __future__ import annotations

import sys
from pathlib import Path

from abonent.storage import ServerFailed, erase

if __name__ == "__main__":
    try:
        erase(Path(sys.argv[1]))
    except ServerFailed as error:
        sys.exit(str(error))
