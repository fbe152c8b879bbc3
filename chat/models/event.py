"""Events: entries of a room's journal that say what happened. docs/protocol.md lists the types."""

from collections.abc import Iterable
from typing import Any

from chat.models.member import Member

Event = dict[str, Any]  # "type", and what belongs to it

RENAMED = "renamed"
ENDING = ("removed", "left")  # the types after which `people` are no longer in the room


def renamed(before: str, after: str) -> Event:
    """The author has changed their own name."""
    return {"type": RENAMED, "from": before, "to": after}


def made(people: Iterable[Member], topic: str = "") -> Event:
    """The author has made the room, with these people, and a topic perhaps."""
    return {"type": "made", "people": _people(people), **({"topic": topic} if topic else {})}


def added(people: Iterable[Member]) -> Event:
    return {"type": "added", "people": _people(people)}


def became_members_room(people: Iterable[Member], name: str) -> Event:
    """The author has added people to a direct room, which is a members room of this name now."""
    return {"type": "became_members", "people": _people(people), "to": name}


def joined(by: Member) -> Event:
    """The author came in by an invite of somebody."""
    [person] = _people([by])
    return {"type": "joined", "by": person}


def operator_joined() -> Event:
    """The author came in because they operate the installation."""
    return {"type": "operator_joined"}


def inherited() -> Event:
    """The author became an owner: no owner was left, or could sign in."""
    return {"type": "inherited"}


def left(person: Member) -> Event:
    """The author has left."""
    return {"type": "left", "people": _people([person])}


def removed(people: Iterable[Member]) -> Event:
    return {"type": "removed", "people": _people(people)}


def role_given(person: Member, role: str) -> Event:
    return {"type": "role", "people": _people([person]), "role": role}


def room_renamed(before: str, after: str) -> Event:
    return {"type": "room_renamed", "from": before, "to": after}


def history_set(to: str) -> Event:
    """What newcomers see from now on: a History."""
    return {"type": "history", "to": to}


def archived() -> Event:
    return {"type": "archived"}


def unarchived() -> Event:
    return {"type": "unarchived"}


def locked() -> Event:
    """From now on, moderators alone post."""
    return {"type": "locked"}


def unlocked() -> Event:
    return {"type": "unlocked"}


def slow_set(seconds: int) -> Event:
    """From now on, a person posts once in so many seconds; 0: at will."""
    return {"type": "slow", "seconds": seconds}


def retention_set(days: int) -> Event:
    """From now on, messages go after so many days; 0: when those of the installation do."""
    return {"type": "retention", "days": days}


def room_deleted() -> Event:
    """The author has deleted the room: its last entry."""
    return {"type": "room_deleted"}


def is_about_a_name(event: Event) -> bool:
    """Whether it tells a name of somebody, which can be rude. Other events say who did what."""
    return bool(event["type"] == "renamed")


def event_text(event: Event) -> str:
    """An event in English, for programs that know no events; the author's name stands before it."""
    names = ", ".join(it["name"] for it in event.get("people", []))
    text = _HISTORY_TEXTS[event["to"]] if event["type"] == "history" else _text(event)
    return text.format(names=names or "nobody else", **event)


def _text(event: Event) -> str:
    if event.get("seconds") == 0:
        return _AT_WILL
    return _AS_ELSEWHERE if event.get("days") == 0 else _TEXTS[event["type"]]


_TEXTS = {
    "renamed": "changed their name from {from} to {to}",
    "made": "made this room with {names}",
    "added": "added {names}",
    "joined": "came in by an invite of {by[name]}",
    "operator_joined": "came in as an operator",
    "inherited": "became an owner, as nobody else was left to be one",
    "left": "left",
    "removed": "removed {names}",
    "role": "made {names} {role}",
    "room_renamed": "renamed the room from {from} to {to}",
    "archived": "archived the room",
    "unarchived": "opened the room again",
    "locked": "locked the room: only moderators can write",
    "unlocked": "unlocked the room",
    "slow": "set slow mode: one message every {seconds} seconds",
    "retention": "set how many days messages are kept: {days}",
    "room_deleted": "deleted the room",
    "became_members": "added {names}, and named the room {to}",
}

_AT_WILL = "ended slow mode"
_AS_ELSEWHERE = "set that messages are kept as long as in other rooms"

_HISTORY_TEXTS = {
    "start": "let newcomers see everything that was said",
    "joining": "let newcomers see what is said from their joining",
}


def _people(members: Iterable[Member]) -> list[dict[str, str]]:
    return [{"id": str(it.uid), "name": it.name} for it in members]
