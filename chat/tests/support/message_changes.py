"""What a client does with a `change` event, as docs/protocol.md describes it."""

from typing import Any

Event = dict[str, Any]


def applied(states: dict[int, Event], event: Event) -> Event:
    """The state of a message after a `message` or `change` event; `states` are known by seq."""
    if event["type"] == "message":
        return event
    known = states.get(event["seq"], {})
    assert known.get("version") == event["base"], "a change of another state"
    reactions = {it["emoji"]: it for it in known["reactions"]}
    for change in event["reactions"]:
        emoji, count, added = change["emoji"], change["count"], change.get("added", [])
        gone = {*change.get("removed", []), *(it["id"] for it in added)}
        people = reactions[emoji]["people"] if emoji in reactions else []
        people = [*(it for it in people if it["id"] not in gone), *added]
        reactions[emoji] = {"emoji": emoji, "count": count, "people": people}  # keeps its place
        if not count:
            del reactions[emoji]
    return known | {"version": event["version"], "reactions": [*reactions.values()]}
