"""What can go wrong with the embedded PostgreSQL, as two exceptions.

Their message is one paragraph for the person in front of the terminal: the fact, then the way
out. A start command prints it as it is; nobody has to parse it.
"""


class ServerNotFound(Exception):
    """No usable PostgreSQL programs on this machine; the message names the ways out."""


class ServerFailed(Exception):
    """The server cannot start, stop or be erased; the message says why and what to do."""
