"""Who may come in: passwords, sign-in, one-time codes, sessions, known devices, linked numbers.

A password of four to ten characters cannot prove a person; possession of the SIM does, and the
tiers follow from it. The room promises that every limit is counted before what it limits, in every
process at once; that a number which is not ours cannot be told from one that is; that nobody is
locked out of a known device by strangers; and that everything hangs on the subscription's id, so
that a number sold again opens nothing of its old owner.
"""

from abonent.access.cleanup import forget_old
from abonent.access.credentials import link_numbers, set_initial_password
from abonent.access.flows_code import code_asked, resend_code
from abonent.access.flows_password import (
    confirm_password,
    hash_password,
    request_password,
    set_password_by_sim,
)
from abonent.access.flows_sign_in import confirm_sign_in, sign_in
from abonent.access.model import (
    BadCodeFormat,
    BadPassword,
    CodeAsked,
    CodeExpired,
    CodesExhausted,
    FlowGone,
    Link,
    Origin,
    PasswordSet,
    ResendTooEarly,
    Session,
    SessionsEnded,
    SignedIn,
    SignedInOnNewDevice,
    SignedOut,
    StepUpRequired,
    TooManyAttempts,
    WrongCode,
    WrongPair,
)
from abonent.access.password_rule import (
    LONGEST,
    SHORTEST,
    check_keypad_password,
    check_password,
)
from abonent.access.sessions import (
    end_other_sessions,
    end_session,
    find_session,
    sessions_of,
    sign_out,
)

__all__ = [
    "LONGEST",
    "SHORTEST",
    "BadCodeFormat",
    "BadPassword",
    "CodeAsked",
    "CodeExpired",
    "CodesExhausted",
    "FlowGone",
    "Link",
    "Origin",
    "PasswordSet",
    "ResendTooEarly",
    "Session",
    "SessionsEnded",
    "SignedIn",
    "SignedInOnNewDevice",
    "SignedOut",
    "StepUpRequired",
    "TooManyAttempts",
    "WrongCode",
    "WrongPair",
    "check_keypad_password",
    "check_password",
    "code_asked",
    "confirm_password",
    "confirm_sign_in",
    "end_other_sessions",
    "end_session",
    "find_session",
    "forget_old",
    "hash_password",
    "link_numbers",
    "request_password",
    "resend_code",
    "set_initial_password",
    "set_password_by_sim",
    "sessions_of",
    "sign_in",
    "sign_out",
]
