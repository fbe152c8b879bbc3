"""Shortcodes of emoji, `:tada:`: an inline rule for markdown-it.

The page replaces a shortcode as it is typed. This rule finds those that were pasted, or come from a
program.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from chat.formatting.emoji import shortcodes

SHORTCODE = re.compile(r":([a-z0-9_+-]{1,80}):", re.IGNORECASE)
WORD_BEFORE = re.compile(r"[a-zA-Z0-9_:/]\Z")


def install(markdown: MarkdownIt) -> None:
    """Add shortcodes to `markdown`."""
    markdown.inline.ruler.push("shortcode", _shortcode)


def _shortcode(state: StateInline, silent: bool) -> bool:
    found = SHORTCODE.match(state.src, state.pos, state.posMax)
    before = state.src[max(0, state.pos - 1) : state.pos]
    if not found or (WORD_BEFORE.search(before) and not _follows_emoji(state)):
        return False
    emoji = shortcodes().get(found[1].lower())
    if emoji is None:
        return False
    if not silent:
        state.push("emoji", "", 0).content = emoji
    state.pos = found.end()
    return True


def _follows_emoji(state: StateInline) -> bool:
    """Whether a shortcode ends here: `:tada::tada:`."""
    return not state.pending and bool(state.tokens) and state.tokens[-1].type == "emoji"
