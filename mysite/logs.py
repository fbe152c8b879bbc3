"""What the log shows."""

import logging
import re
import threading
import time

from django.core.exceptions import SuspiciousOperation

from chat.live.rates import network_of
from chat.live.rates.moving_window import MovingWindow

LIMIT_SECONDS = 60
CLIENT_ERRORS = 1  # of one network in that time
SAME_LINES = 60  # warnings that differ in their values only


# Addresses that let in whoever has them: to another device, to an account, into a room, as the
# first operator.
SLASH = "(?:/|%2[Ff])"  # also in the query of a page that leads on to the address
SECRET = re.compile(
    rf"({SLASH}(?:device|setup|invite){SLASH}"
    r"|/accounts/(?:link/\w+|confirm-email|password/reset/key)/|[?&]invite=)"
    r"[^/?&\s\"']{12,}"
)


def hide_secrets(text: str) -> str:
    """The text, with … for what is secret in the addresses in it."""
    return SECRET.sub(r"\1…", text)


class HideSecrets(logging.Filter):
    """Logs the addresses of one-time links without their secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = hide_secrets(message)
        if hidden != message:
            record.msg, record.args = hidden, None
        return True


class DropClientErrorTracebacks(logging.Filter):
    """Logs what a client did wrong as one line, without a traceback.

    Django logs a bad Host header, an oversized form and the like as errors, with the exception
    they raise. The client is told; the operator has nothing to mend.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        exception = record.exc_info[1] if record.exc_info else None
        is_suspicious = isinstance(exception, SuspiciousOperation)
        if is_suspicious:
            record.levelno, record.levelname = logging.INFO, "INFO"
        if is_suspicious or _is_client_error(record):
            record.exc_info = record.exc_text = None
        return True


class LimitLines(logging.Filter):
    """Keeps clients from filling the disk with the log. Errors of ours are all logged."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._client_errors = MovingWindow("line", "network", CLIENT_ERRORS, LIMIT_SECONDS)
        self._same_lines = MovingWindow("line", "message", SAME_LINES, LIMIT_SECONDS)

    def filter(self, record: logging.LogRecord) -> bool:
        if _is_client_error(record) and (request := getattr(record, "request", None)):
            network = network_of((request.META.get("REMOTE_ADDR", ""),))
            return self._is_first(self._client_errors, str(network))
        if record.levelno < logging.ERROR:
            return self._is_first(self._same_lines, f"{record.name} {record.msg}")
        return True

    def _is_first(self, window: MovingWindow, key: str) -> bool:
        now = time.monotonic()
        with self._lock:
            if window.wait(key, 1, now):
                return False
            window.hit(key, 1, now)
            return True


def _is_client_error(record: logging.LogRecord) -> bool:
    return 400 <= getattr(record, "status_code", 0) < 500
