"""Slack's shape: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks

Many services write it: a text, attachments with a title and fields, or blocks.
"""

from itertools import chain
from typing import Any

from chat.formatting import slack_text
from chat.programs.payloads.values import at, enough, lines, link, objects_at, plain, text_at

PARTS_MAX = 20  # of each kind, in each part
TEXTS = ("text", "message", "content")  # Slack's, a plain one, Discord's


def text_of(payload: dict[str, Any]) -> str:
    """The text with what is attached; empty if there is nothing to show."""
    said = next(filter(None, (text_at(payload, it) for it in TEXTS)), "")
    attached = map(_attachment, objects_at(payload, "attachments", most=PARTS_MAX))
    # A text beside blocks is for notices, which show no blocks.
    return "\n\n".join(enough(chain([_blocks(payload) or _markdown(said)], attached)))


def _markdown(text: str) -> str:
    return slack_text.as_markdown(text, {}) if text else ""


def _attachment(it: dict[str, Any]) -> str:
    title = link(text_at(it, "title"), text_at(it, "title_link"))
    parts = [
        _markdown(text_at(it, "pretext")),
        f"**{title}**" if title else "",
        _markdown(text_at(it, "text")) or _blocks(it),
        lines(map(_field, objects_at(it, "fields", most=PARTS_MAX))),
    ]
    fallback = "" if any(parts) else _markdown(text_at(it, "fallback"))
    return lines([*parts, fallback, plain(text_at(it, "footer"))])


def _blocks(it: dict[str, Any]) -> str:
    return lines(map(_block, objects_at(it, "blocks", most=PARTS_MAX)))


def _field(it: dict[str, Any]) -> str:
    title, value = plain(text_at(it, "title")), _markdown(text_at(it, "value"))
    return f"**{title}**: {value}" if title and value else value or title


def _block(it: dict[str, Any]) -> str:
    kind = text_at(it, "type")
    if kind == "header":
        return f"**{plain(text_at(it, 'text', 'text'))}**"
    if kind == "context":
        return lines(_text(element) for element in objects_at(it, "elements", most=PARTS_MAX))
    if kind == "section":
        fields = objects_at(it, "fields", most=PARTS_MAX)
        return lines(map(_text, [at(it, "text"), *fields]))
    return ""


def _text(it: Any) -> str:
    """A text object of a block."""
    text = text_at(it, "text")
    return _markdown(text) if text_at(it, "type") == "mrkdwn" else plain(text)
