"""Shortcodes of emoji, `:tada:`: an inline rule for markdown-it.

The page replaces a shortcode as it is typed. This rule finds those that were pasted, or come from a
program.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from chat.formatting import emoji

SHORTCODE = re.compile(r":([a-z0-9_+-]{1,80}):", re.IGNORECASE)
EMOJI_MAX_CHARACTERS = 10  # of one with a skin tone: couples
WORD_BEFORE = re.compile(r"[a-zA-Z0-9_:/]\Z")


def install(markdown: MarkdownIt) -> None:
    """Add shortcodes to `markdown`."""
    markdown.inline.ruler.push("shortcode", _shortcode)


def _shortcode(state: StateInline, silent: bool) -> bool:
    found = SHORTCODE.match(state.src, state.pos, state.posMax)
    before = state.src[max(0, state.pos - 1) : state.pos]
    if not found or (WORD_BEFORE.search(before) and not _follows_emoji(state)):
        return False
    tone = emoji.tone_of(found[1].lower())
    shown = tone or emoji.find(found[1].lower())
    if shown is None:
        return False
    if not silent:
        toned = tone and emoji.in_tone(_last_emoji(state), tone)
        if toned:
            _remove_last_emoji(state)
        state.push("emoji", "", 0).content = toned or shown
    state.pos = found.end()
    return True


def _follows_emoji(state: StateInline) -> bool:
    """Whether a shortcode ends here: `:tada::tada:`."""
    return not state.pending and bool(state.tokens) and state.tokens[-1].type == "emoji"


def _last_emoji(state: StateInline) -> str:
    """The emoji before the position, by its shortcode or as a character; or nothing."""
    if _follows_emoji(state):
        return state.tokens[-1].content
    ends = (state.pending[-length:] for length in range(EMOJI_MAX_CHARACTERS, 0, -1))
    return next(filter(emoji.is_emoji, ends), "")


def _remove_last_emoji(state: StateInline) -> None:
    if _follows_emoji(state):
        state.tokens.pop()
    else:
        state.pending = state.pending.removesuffix(_last_emoji(state))
