"""Errors for malformed input, and translatable texts."""

from typing import Any


class MalformedFrame(ValueError):
    """A frame breaks the protocol. `detail` is for the client's developers, in English."""

    def __init__(self, code: str, detail: str, id: str | None = None) -> None:
        super().__init__(detail)
        self.code, self.detail, self.id = code, detail, id


class Translatable:
    """An English text with placeholders like %(limit)s, translated when it is sent to a person.

    This package does not import Django: chat.sockets.languages translates.
    """

    def __init__(self, text: str, **values: Any) -> None:
        self.text, self.values = text, values

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text


class InvalidText(ValueError):
    """A text cannot be stored as a message or topic. `detail` says what can be, for a person."""

    code = "bad_text"

    def __init__(self, detail: Translatable) -> None:
        super().__init__(detail)
        self.detail = detail
