"""The codes with which the server closes a socket."""

from enum import IntEnum


class Close(IntEnum):
    """Why the server closes a socket. After a 44xx code, clients should not reconnect."""

    TOO_LARGE = 1009
    RESTARTING = 1012
    TRY_LATER = 1013
    NOT_THIS_PROTOCOL = 4400
    SIGN_IN_FIRST = 4401
    NOT_ALLOWED = 4403
    NO_SUCH_ROOM = 4404
    TOO_MANY = 4429
