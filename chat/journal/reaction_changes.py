"""What has changed in the reactions to a message: as much as people did, however many reacted."""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any

from chat.protocol import Person, ReactionChange

Reactions = list[dict[str, Any]]  # as Message.reactions: `emoji`, `count`, `people`
NO_REACTION: dict[str, Any] = {"people": []}


def copy(reactions: Reactions) -> Reactions:
    """Copy reactions before they change. The people in them are shared."""
    return [it | {"people": [*it["people"]]} for it in reactions]


def difference(before: Reactions, after: Reactions) -> list[ReactionChange]:
    """Return the changes that turn `before` into `after`, to be applied in order.

    Emoji and people are removed anywhere, and added at the end only.
    """
    known = {it["emoji"]: it for it in before}
    kept = _count_kept(known, [it["emoji"] for it in after])
    kept_emoji = {it["emoji"] for it in after[:kept]}
    return [
        *(ReactionChange(emoji, 0) for emoji in known if emoji not in kept_emoji),
        *(_change(known[it["emoji"]], it) for it in after[:kept] if it != known[it["emoji"]]),
        *(_change(NO_REACTION, it) for it in after[kept:]),
    ]


def _change(before: dict[str, Any], after: dict[str, Any]) -> ReactionChange:
    people = after["people"]
    kept = _count_kept(before["people"], people)
    kept_ids = {it["id"] for it in people[:kept]}
    return ReactionChange(
        emoji=after["emoji"],
        count=after["count"],
        added=[Person(it["id"], it["name"]) for it in people[kept:]],
        removed=[it["id"] for it in before["people"] if it["id"] not in kept_ids],
    )


def _count_kept(before: Iterable[Any], after: Sequence[Any]) -> int:
    """Return how many of the first items of `after` are in `before`, in the same order."""
    rest = iter(before)
    return sum(1 for _ in takewhile(lambda it: it in rest, after))
