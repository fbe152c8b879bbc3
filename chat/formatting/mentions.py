"""@Alice and @room: an inline rule for markdown-it, and whom the mentions of a text mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from chat.formatting.addresses import is_in_address
from chat.formatting.names import ATS_MAX, is_call, name_key, names_at

EVERYBODY = name_key("room")
NAMESAKES_MAX = 5  # of several people called the same, that many are mentioned


@dataclass
class Calls:
    """The @s of one text, while it is parsed."""

    people: Mapping[str, Sequence[UUID]]
    ats_left: int = ATS_MAX

    def name_at(self, text: str, start: int) -> tuple[int, str] | None:
        """The longest known name at `start`: where it ends, and its key."""
        if not self.ats_left:
            return None
        self.ats_left -= 1
        known = (name for name in names_at(text, start) if self._knows(name[1]))
        return next(known, None)

    def _knows(self, key: str) -> bool:
        return key == EVERYBODY or bool(self.people.get(key))


def install(markdown: MarkdownIt) -> None:
    """Let `markdown` know mentions; it parses with an env that has `calls`."""
    markdown.inline.ruler.push("mention", _mention)


def mentioned_in(tokens: Iterable[Token]) -> tuple[tuple[UUID, ...], bool]:
    """Whom `tokens` mention: people, each once, and whether it is everybody."""
    mentions = [token for token in tokens if token.type == "mention"]
    uids = (uid for mention in mentions for uid in mention.meta["uids"])
    return tuple(dict.fromkeys(uids)), any("data-room" in mention.attrs for mention in mentions)


def _mention(state: StateInline, silent: bool) -> bool:
    at = state.pos
    if silent or state.linkLevel or state.src[at] != "@" or not is_call(state.src, at):
        return False
    calls: Calls = state.env["calls"]
    name = calls.name_at(state.src, at + 1)
    if name is None or is_in_address(state.src, at):
        return False
    state.pos, key = name
    token = state.push("mention", "span", 0)
    token.content = state.src[at : state.pos]
    token.attrs, token.meta["uids"] = _call(key, calls.people)
    return True


def _call(
    key: str, people: Mapping[str, Sequence[UUID]]
) -> tuple[dict[str, str | int | float], list[UUID]]:
    if key == EVERYBODY:
        return {"class": "mention", "data-room": ""}, []
    uids = list(people[key][:NAMESAKES_MAX])
    return {"class": "mention", "data-member": " ".join(map(str, uids))}, uids
