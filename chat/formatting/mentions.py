"""Mentions, @Alice and @room: an inline rule for markdown-it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from chat.formatting import autolinks
from chat.formatting.names import AT_SIGNS_MAX, can_start_mention, name_key, names_at

EVERYBODY = name_key("room")
NAMESAKES_MAX = 5  # members of the same name that one mention reaches


@dataclass
class MentionLookup:
    """Looks up the names behind the @ signs of one text."""

    people: Mapping[str, Sequence[UUID]]
    counts: Mapping[str, int]  # of all members of a name, where they may be more than in `people`
    lookups_left: int = AT_SIGNS_MAX

    def name_at(self, text: str, start: int) -> tuple[int, str] | None:
        """The longest known name at `start`: its end, and its key."""
        if not self.lookups_left:
            return None
        self.lookups_left -= 1
        known = (name for name in names_at(text, start) if self._knows(name[1]))
        return next(known, None)

    def _knows(self, key: str) -> bool:
        return key == EVERYBODY or bool(self.people.get(key))


def install(markdown: MarkdownIt) -> None:
    """Add mentions to `markdown`. Its env has a MentionLookup in `mentions`."""
    markdown.inline.ruler.push("mention", _mention)


def mentioned_in(tokens: Iterable[Token]) -> tuple[tuple[UUID, ...], bool]:
    """The uids that `tokens` mention, each once, and whether they mention @room."""
    mentions = [token for token in tokens if token.type == "mention"]
    uids = (uid for mention in mentions for uid in mention.meta["uids"])
    return tuple(dict.fromkeys(uids)), any("data-room" in mention.attrs for mention in mentions)


def _mention(state: StateInline, silent: bool) -> bool:
    at = state.pos
    if silent or state.linkLevel or state.src[at] != "@" or not can_start_mention(state.src, at):
        return False
    lookup: MentionLookup = state.env["mentions"]
    name = lookup.name_at(state.src, at + 1)
    if name is None or autolinks.contains_at_sign(state.src, at):
        return False
    state.pos, key = name
    token = state.push("mention", "span", 0)
    token.content = state.src[at : state.pos]
    token.attrs, token.meta["uids"] = _attributes(key, lookup)
    return True


def _attributes(key: str, lookup: MentionLookup) -> tuple[dict[str, str | int | float], list[UUID]]:
    if key == EVERYBODY:
        return {"class": "mention", "data-room": ""}, []
    namesakes = lookup.people[key]
    uids = list(namesakes[:NAMESAKES_MAX])
    others = max(lookup.counts.get(key, 0), len(namesakes)) - len(uids)
    not_reached = {"data-others": str(others)} if others else {}
    return {"class": "mention", "data-member": " ".join(map(str, uids)), **not_reached}, uids
