"""Parsing what was typed: a message or a slash command."""

import pytest
from playwright.sync_api import Page

from chat.tests.browser.modules import call_function

SHRUG = "¯\\_(ツ)_/¯"


def parse(page: Page, typed: str) -> dict[str, str]:
    parsed: dict[str, str] = call_function(page, "commands/parse.js", "parse", typed)
    return parsed


@pytest.mark.parametrize(
    ("typed", "parsed"),
    [
        ("hello", {"kind": "text", "text": "hello"}),
        ("say /me", {"kind": "text", "text": "say /me"}),
        ("//me", {"kind": "text", "text": "/me"}),
        ("/", {"kind": "text", "text": "/"}),
        ("/ x", {"kind": "text", "text": "/ x"}),
        ("/usr/bin/env", {"kind": "text", "text": "/usr/bin/env"}),
        ("/etc/hosts is it", {"kind": "text", "text": "/etc/hosts is it"}),
        ("/2 of it", {"kind": "text", "text": "/2 of it"}),
        ("/me waves\nand leaves", {"kind": "action", "text": "waves\nand leaves"}),
        ("/ME waves", {"kind": "action", "text": "waves"}),
        ("/nick  Ada Lovelace", {"kind": "nick", "name": "Ada Lovelace"}),
        ("/topic Tea", {"kind": "topic", "topic": "Tea"}),
        ("/topic", {"kind": "topic", "topic": ""}),
        ("/search tea  from:Ada", {"kind": "search", "search": "tea  from:Ada"}),
        ("/search", {"kind": "search", "search": ""}),
        ("// TODO", {"kind": "text", "text": "// TODO"}),
        ("/shrug", {"kind": "text", "text": SHRUG}),
        ("/shrug hello", {"kind": "text", "text": f"hello {SHRUG}"}),
        ("/help", {"kind": "help"}),
    ],
)
def test_typed_text_is_a_message_or_a_command(
    modules_page: Page, typed: str, parsed: dict[str, str]
) -> None:
    assert parse(modules_page, typed) == parsed


@pytest.mark.parametrize(
    ("typed", "kind", "explanation"),
    [
        ("/me", "refused", "/me waves"),
        ("/nick", "refused", "/nick Ada"),
        ("/dance", "unknown", "There is no command /dance. Commands: /me, /nick"),
        ("/dance now", "unknown", "type //dance."),
        ("/constructor", "unknown", "no command /constructor"),
        ("/über", "unknown", "no command /über"),
    ],
)
def test_an_invalid_command_is_refused_with_an_explanation(
    modules_page: Page, typed: str, kind: str, explanation: str
) -> None:
    refusal = parse(modules_page, typed)
    assert refusal["kind"] == kind
    assert explanation in refusal["detail"]
