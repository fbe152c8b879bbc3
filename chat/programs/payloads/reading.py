"""Which shape a body has, and the text that it is for people."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from chat.formatting.names import NAME_MAX_CHARACTERS
from chat.programs.payloads import alerts, code_hosts, monitors, slack
from chat.programs.payloads.values import text_at, without_unstorable
from chat.protocol import TEXT_MAX_CHARACTERS, Translatable

FORM = "application/x-www-form-urlencoded"
FIELDS_MAX = 100
TOO_MANY_FIELDS = Translatable("The form has too many fields.")
TOO_DEEP = Translatable("The JSON is nested too deeply.")
NO_JSON = Translatable("The body is no JSON.")
NO_OBJECT = Translatable("The JSON is no object.")
NO_TEXT = Translatable('There is no text. Send {"text": "…"}.')


class Unreadable(ValueError):
    """The body has no text. `detail` says why."""

    def __init__(self, detail: Translatable) -> None:
        super().__init__(detail)
        self.detail = detail


class Said(NamedTuple):
    """A text in Markdown, and the name that the service calls itself by, if it does."""

    text: str
    name: str = ""


def read(body: bytes, content_type: str, headers: Mapping[str, str]) -> Said:
    """What a service has posted. `headers` have names in lower case. Raises Unreadable."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/plain":
        return _said(_decoded(body))
    if kind == FORM:
        return _form(body)
    payload = _json(body)
    return _said(_text(payload, headers), text_at(payload, "username"))


def _form(body: bytes) -> Said:
    """Slack's older way: JSON in a field; or the fields themselves."""
    try:
        fields = parse_qs(_decoded(body), max_num_fields=FIELDS_MAX)
    except ValueError:
        raise Unreadable(TOO_MANY_FIELDS) from None
    if "payload" in fields:
        payload = _json(fields["payload"][0].encode())
    else:
        payload = {name: values[0] for name, values in fields.items()}
    return _said(slack.text_of(payload), text_at(payload, "username"))


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(_decoded(body))
    except RecursionError:
        raise Unreadable(TOO_DEEP) from None
    except ValueError:
        raise Unreadable(NO_JSON) from None
    if not isinstance(found, dict):
        raise Unreadable(NO_OBJECT)
    return found


def _decoded(body: bytes) -> str:
    """NUL and lone surrogates are no text; whatever else is no UTF-8 is shown as such."""
    return body.decode("utf-8", "replace").replace("\0", "")


def _text(payload: dict[str, Any], headers: Mapping[str, str]) -> str:
    if event := headers.get("x-github-event") or headers.get("x-gitea-event"):
        return code_hosts.github(event, payload)
    if "x-gitlab-event" in headers:
        return code_hosts.gitlab(payload)
    if alerts.is_alerts(payload):
        return alerts.text_of(payload)
    if monitors.is_uptime_kuma(payload):
        return monitors.uptime_kuma(payload)
    if monitors.is_sentry(payload):
        return monitors.sentry(payload)
    return slack.text_of(payload)


def _said(text: str, name: str = "") -> Said:
    """As much as a message takes."""
    text = without_unstorable(text.strip())
    if not text:
        raise Unreadable(NO_TEXT)
    if len(text) > TEXT_MAX_CHARACTERS:
        text = f"{text[: TEXT_MAX_CHARACTERS - 1]}…"
    return Said(text, " ".join(name.split())[:NAME_MAX_CHARACTERS])
