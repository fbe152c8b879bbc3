"""Slack's way to write texts, as Markdown."""

import html
import re
from collections.abc import Mapping

ANGLES = re.compile(r"<([^<>\n]+)>")
CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
ITALIC = re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])")
STRUCK = re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])")
EVERYBODY = {"!channel": "@room", "!here": "@room", "!everyone": "@room"}


def as_markdown(text: str, names: Mapping[str, str]) -> str:
    """`names` are those of people, by their ids there."""
    parts = CODE.split(text)
    return html.unescape("".join(_part(it, names) for it in parts))


def _part(part: str, names: Mapping[str, str]) -> str:
    if part.startswith("`"):
        return ANGLES.sub(lambda it: it[1].rpartition("|")[2], part)
    part = BOLD.sub(r"**\1**", part)
    part = STRUCK.sub(r"~~\1~~", ITALIC.sub(r"*\1*", part))
    return ANGLES.sub(lambda it: _angle(it[1], names), part)


def _angle(inside: str, names: Mapping[str, str]) -> str:
    """What stands in angle brackets: people, channels, everybody, addresses."""
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return f"@{names.get(target[1:], label or target[1:])}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return EVERYBODY.get(target, label or target[1:])
    if not label or label == target:
        return target.removeprefix("mailto:")
    return f"[{label}]({target})"
