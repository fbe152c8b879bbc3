"""Refusals: close codes, malformed frames, and sentences for people."""

from enum import IntEnum
from typing import Any


class Close(IntEnum):
    """Why the server closed a socket. After a 44xx a client does not come back on its own."""

    GOING_AWAY = 1001
    TOO_LARGE = 1009
    RESTARTING = 1012
    TRY_LATER = 1013
    NOT_THIS_PROTOCOL = 4400
    NOT_ALLOWED = 4403
    NO_SUCH_ROOM = 4404
    TOO_MANY = 4429


class Malformed(ValueError):
    """A frame no correct client sends; its details are for programmers, in English."""

    def __init__(self, code: str, detail: str, id: str | None = None) -> None:
        super().__init__(detail)
        self.code, self.detail, self.id = code, detail, id


class Sentence:
    """What a person is told: English with places like %(limit)s, so that it can be translated."""

    def __init__(self, text: str, **values: Any) -> None:
        self.text, self.values = text, values

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text


class TextRefused(ValueError):
    """A text that is no message; says what would be."""

    code = "bad_text"

    def __init__(self, detail: Sentence) -> None:
        super().__init__(detail)
        self.detail = detail
