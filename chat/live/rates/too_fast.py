"""The refusal of an action that exceeds a rate."""

from math import ceil
from typing import Any

from chat.protocol import Translatable

OF_MEMBER = Translatable(
    "At most %(amount)s in %(seconds)s seconds. Try again in %(wait)s %(unit)s."
)
OF_MEMBER_BYTES = Translatable(
    "You have sent too much text in a short time. Try again in %(wait)s %(unit)s."
)
OF_MEMBER_UPLOADS = Translatable(
    "You have sent too many files in a short time. Try again in %(wait)s %(unit)s."
)
OF_MEMBER_CONNECTIONS = Translatable(
    "You have too many open connections. Close other tabs, or try again in %(wait)s %(unit)s."
)
OF_NETWORK = Translatable("Too many requests from your network. Try again in %(wait)s %(unit)s.")
OF_NETWORK_CONNECTIONS = Translatable(
    "Your network has too many open connections. Try again in %(wait)s %(unit)s."
)
OF_FRAMES = Translatable("Too many frames. Try again in %(wait)s %(unit)s.")


class TooFast(Exception):
    """An action exceeds a rate or a bound. `retry_after` is in seconds."""

    code = "too_fast"

    def __init__(self, text: Translatable, wait: float, **values: Any) -> None:
        """`text` says why, with the placeholders `wait` and `unit`, and `values`."""
        self.retry_after = max(0.1, ceil(10 * wait) / 10)
        amount, unit = _with_unit(self.retry_after)
        self.detail = Translatable(text.text, wait=amount, unit=unit, **values)
        super().__init__(self.detail)


def _with_unit(seconds: float) -> tuple[float, str]:
    """In seconds, minutes or hours, whose symbols are the same in every language (SI)."""
    if seconds >= 2 * 3600:
        return ceil(seconds / 3600), "h"
    if seconds >= 2 * 60:
        return ceil(seconds / 60), "min"
    return (int(seconds) if seconds.is_integer() else seconds), "s"
