"""The refusal of an action that exceeds a rate."""

from math import ceil
from typing import Any

from chat.protocol import Translatable

MEMBER = "At most %(amount)s in %(seconds)s seconds. Try again in %(wait)s %(unit)s."
MEMBER_BYTES = "You have written as much as is allowed. Try again in %(wait)s %(unit)s."
MEMBER_CONNECTIONS = "You have too many pages of Lobby open. Try again in %(wait)s %(unit)s."
NETWORK = "Too much comes from your network. Try again in %(wait)s %(unit)s."
NETWORK_CONNECTIONS = "Your network has too many connections. Try again in %(wait)s %(unit)s."
FRAMES = "Too many frames. Try again in %(wait)s %(unit)s."


class TooFast(Exception):
    """An action exceeds a rate or a bound. `retry_after` is in seconds."""

    code = "too_fast"

    def __init__(self, text: str, wait: float, **values: Any) -> None:
        """`text` says why, with the placeholders `wait` and `unit`, and `values`."""
        self.retry_after = max(0.1, ceil(10 * wait) / 10)
        amount, unit = _with_unit(self.retry_after)
        self.detail = Translatable(text, wait=amount, unit=unit, **values)
        super().__init__(self.detail)


def _with_unit(seconds: float) -> tuple[float, str]:
    """In seconds, minutes or hours, whose symbols are the same in every language (SI)."""
    if seconds >= 2 * 3600:
        return ceil(seconds / 3600), "h"
    if seconds >= 2 * 60:
        return ceil(seconds / 60), "min"
    return (int(seconds) if seconds.is_integer() else seconds), "s"
