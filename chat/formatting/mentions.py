"""Mentions, @Alice and @room: an inline rule for markdown-it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from chat.formatting import autolinks
from chat.formatting.names import (
    AT_SIGN,
    AT_SIGNS_MAX,
    NAMES_MAX,
    can_start_mention,
    name_key,
    names_at,
)

EVERYBODY = name_key("room")
MENTIONED_MAX = 50  # names per text that are somebody's
NAMESAKES_MAX = 5  # members of the same name that one mention reaches


@dataclass
class MentionLookup:
    """Looks up the names behind the @ signs of one text."""

    people: Mapping[str, Sequence[UUID]]
    counts: Mapping[str, int]  # of all members of a name, where they may be more than in `people`
    signs_left: int = AT_SIGNS_MAX
    names_left: int = NAMES_MAX
    mentioned: set[str] = field(default_factory=set)

    def name_at(self, text: str, start: int) -> tuple[int, str] | None:
        """The longest known name at `start`: its end, and its key."""
        self.signs_left -= 1
        for end, key in islice(names_at(text, start), self.names_left):
            self.names_left -= 1
            if self._knows(key) and self._may_mention(key):
                return end, key
        return None

    def _knows(self, key: str) -> bool:
        return key == EVERYBODY or bool(self.people.get(key))

    def _may_mention(self, key: str) -> bool:
        return key in self.mentioned or len(self.mentioned) < MENTIONED_MAX


def install(markdown: MarkdownIt) -> None:
    """Add mentions to `markdown`. Its env has a MentionLookup in `mentions`."""
    markdown.inline.add_terminator_char("＠")
    markdown.inline.add_terminator_char("﹫")
    markdown.inline.ruler.push("mention", _mention)


def mentioned_in(tokens: Iterable[Token]) -> tuple[tuple[UUID, ...], bool]:
    """The uids that `tokens` mention, each once, and whether they mention @room."""
    mentions = [token for token in tokens if token.type == "mention"]
    uids = (uid for mention in mentions for uid in mention.meta["uids"])
    return tuple(dict.fromkeys(uids)), any("data-room" in mention.attrs for mention in mentions)


def _mention(state: StateInline, silent: bool) -> bool:
    at = state.pos
    if silent or state.linkLevel or not AT_SIGN.match(state.src, at):
        return False
    lookup: MentionLookup = state.env["mentions"]
    if not lookup.signs_left:
        return False
    if not can_start_mention(state.src, at) and not _follows_mention(state):
        return False
    name = lookup.name_at(state.src, at + 1)
    if name is None or autolinks.contains_at_sign(state.src, at):
        return False
    state.pos, key = name
    lookup.mentioned.add(key)
    token = state.push("mention", "span", 0)
    token.content = state.src[at : state.pos]
    token.attrs, token.meta["uids"] = _attributes(key, lookup)
    return True


def _follows_mention(state: StateInline) -> bool:
    """Whether a mention ends here: `@Alice@Bob`."""
    return not state.pending and bool(state.tokens) and state.tokens[-1].type == "mention"


def _attributes(key: str, lookup: MentionLookup) -> tuple[dict[str, str | int | float], list[UUID]]:
    if key == EVERYBODY:
        return {"class": "mention", "data-room": ""}, []
    namesakes = lookup.people[key]
    uids = list(namesakes[:NAMESAKES_MAX])
    others = max(lookup.counts.get(key, 0), len(namesakes)) - len(uids)
    not_reached = {"data-others": str(others)} if others else {}
    return {"class": "mention", "data-member": " ".join(map(str, uids)), **not_reached}, uids
