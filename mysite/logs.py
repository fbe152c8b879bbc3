"""What the log shows: ids, and never a token, an address in clear, or what somebody wrote."""

import json
import logging
import re
import threading
import time
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation

from chat.live.rates import address_of, network_of, pseudonym_of
from chat.live.rates.moving_window import MovingWindow
from chat.web import log_ids

LIMIT_SECONDS = 60
CLIENT_ERRORS = 1  # of one network in that time
SAME_LINES = 60  # warnings that differ in their values only


# Addresses that let in whoever has them: to another device, to an account, into a room, as the
# first operator.
SLASH = "(?:/|%2[Ff])"  # also in the query of a page that leads on to the address
SECRET = re.compile(
    rf"({SLASH}(?:device|setup|invite|hooks){SLASH}"
    r"|/accounts/(?:link/\w+|confirm-email|password/reset/key)/|[?&]invite=)"
    r"[^/?&\s\"']{12,}"
)

# Secrets by their own look, wherever somebody puts them: tokens, and what webhooks sign with.
BY_LOOK = re.compile(r"(lobby_)[\w-]{40,}|(whsec_)[\w+/]{40,}=?")

# What somebody typed, or called a file.
TYPED = re.compile(rf"([?&](?:q|name|who)=|{SLASH}files{SLASH}[0-9a-f-]{{36}}{SLASH})[^/?&\s\"']+")
MAIL_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]+@(?=[\w-]+(?:\.[\w-]+)+)[\w.-]+")
ADDRESS = re.compile(
    r"(?<![\w.])(?:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*|\d{1,3}(?:\.\d{1,3}){3})"
)
# PostgreSQL's errors end in the row that was not stored.
ROW = re.compile(
    r"^DETAIL:.*?(?=^CONTEXT:|\n\n(?:The above exception|During handling)|\Z)",
    re.MULTILINE | re.DOTALL,
)
ID_NAMES = ("request", "socket", "room", "member")


def hide_secrets(text: str) -> str:
    """The text, with … for what is secret in it."""
    return BY_LOOK.sub(r"\1\2…", SECRET.sub(r"\1…", text))


def hide_personal(text: str) -> str:
    """The text without secrets, addresses of people, and what they wrote."""
    text = ROW.sub("DETAIL: …", hide_secrets(text))
    text = MAIL_ADDRESS.sub("…@…", TYPED.sub(r"\1…", text))
    return ADDRESS.sub(_pseudonym, text)


def _pseudonym(found: re.Match[str]) -> str:
    """A network's pseudonym, for what is an address and not this machine's own."""
    text = found[0] if address_of(found[0]) else found[0].rstrip(".:")  # what a sentence adds
    address = address_of(text)
    if address is None or address.is_loopback or address.is_unspecified:
        return found[0]
    return pseudonym_of(str(network_of((text,)))) + found[0][len(text) :]


def take_over_access_log(access: logging.Logger) -> None:
    """Hide in the lines of a server what Lobby hides. Where it has lines of its own, drop them."""
    if settings.LOG_FORMAT == "json":
        access.setLevel(logging.WARNING)
    for handler in access.handlers:
        handler.setFormatter(TextLines())


class TextLines(logging.Formatter):
    """Lines for people."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        return hide_personal(super().format(record))


class JSONLines(logging.Formatter):
    """An object a line: when, how grave, from where, what, and the ids that it is about."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": hide_personal(record.getMessage()),
            **_ids(record),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = hide_personal(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def _ids(record: logging.LogRecord) -> dict[str, Any]:
    """Those that the line was given, or of the request that it is about."""
    request = getattr(record, "request", None)
    noted = log_ids.of_request(request) if request is not None else {}
    ids = {**noted, **getattr(record, "ids", {})}
    return {name: ids[name] for name in ID_NAMES if name in ids}


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
