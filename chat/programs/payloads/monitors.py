"""Errors of Sentry, and what Uptime Kuma watches.

https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
"""

from typing import Any

from chat.programs.payloads.values import lines, link, plain, text_at

DOWN, UP = "0", "1"  # of a heartbeat


def is_uptime_kuma(payload: dict[str, Any]) -> bool:
    return isinstance(payload.get("monitor"), dict) and "msg" in payload


def uptime_kuma(payload: dict[str, Any]) -> str:
    state = text_at(payload, "heartbeat", "status")
    mark = {DOWN: "🔥", UP: "✅"}.get(state, "")
    name = link(text_at(payload, "monitor", "name"), text_at(payload, "monitor", "url"))
    said = plain(text_at(payload, "heartbeat", "msg") or text_at(payload, "msg"))
    return " ".join(filter(None, [mark, f"**{name}**" if name else "", said]))


def is_sentry(payload: dict[str, Any]) -> bool:
    """The shape of its integrations, or of its older webhooks."""
    is_integration = isinstance(payload.get("data"), dict) and "action" in payload
    return is_integration or ("project_name" in payload and "culprit" in payload)


def sentry(payload: dict[str, Any]) -> str:
    data = payload.get("data")
    it: Any = payload
    if isinstance(data, dict):
        it = next((data[key] for key in ("event", "error", "issue") if key in data), data)
    title = text_at(it, "title") or text_at(payload, "message") or text_at(it, "description_title")
    address = text_at(it, "web_url") or text_at(it, "permalink") or text_at(payload, "url")
    project = text_at(payload, "project_name") or text_at(it, "project", "name")
    said = " ".join(filter(None, [plain(project), plain(text_at(payload, "action"))]))
    head = f"🔥 **{link(title or 'Sentry', address)}**"
    return lines([f"{head} ({said})" if said else head, plain(text_at(it, "culprit"))])
