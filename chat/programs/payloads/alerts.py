"""Alerts of Alertmanager and Grafana, which has Alertmanager's shape with a title and a message.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from typing import Any

from chat.programs.payloads.values import (
    at,
    items,
    lines,
    link,
    number_at,
    objects_at,
    plain,
    text_at,
)

ALERTS_MAX = 20
SUMMARIES = ("summary", "description", "message")


def is_alerts(payload: dict[str, Any]) -> bool:
    return isinstance(payload.get("alerts"), list) and "status" in payload


def text_of(payload: dict[str, Any]) -> str:
    alerts = objects_at(payload, "alerts")
    hidden = max(0, len(alerts) - ALERTS_MAX) + number_at(payload, "truncatedAlerts")
    shown = map(_alert, alerts[:ALERTS_MAX])
    return lines([f"{_mark(payload)} **{_title(payload, alerts)}**", items(shown, hidden)])


def _mark(it: dict[str, Any]) -> str:
    return "✅" if text_at(it, "status") == "resolved" else "🔥"


def _title(payload: dict[str, Any], alerts: list[dict[str, Any]]) -> str:
    name = text_at(payload, "title") or text_at(payload, "commonLabels", "alertname")
    names = {text_at(it, "labels", "alertname") for it in alerts}
    address = text_at(payload, "externalURL")
    return link(name or ", ".join(sorted(filter(None, names))) or "Alerts", address)


def _alert(it: dict[str, Any]) -> str:
    annotations = at(it, "annotations")
    said = next(filter(None, (text_at(annotations, key) for key in SUMMARIES)), "")
    labels = at(it, "labels")
    named = labels if isinstance(labels, dict) else {}
    shown = ", ".join(f"{key}={named[key]}" for key in sorted(named) if key != "alertname")
    address = text_at(it, "generatorURL")
    return f"{_mark(it)} {link(said or text_at(it, 'labels', 'alertname') or shown, address)}" + (
        f" ({plain(shown)})" if shown and said else ""
    )
