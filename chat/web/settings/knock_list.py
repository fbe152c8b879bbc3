"""Who knocks at a room, as its settings show them."""

from dataclasses import dataclass

from chat.access import Found
from chat.models import Knock, Member
from chat.policy import Action

SHOWN_MAX = 50  # of those who wait


@dataclass(frozen=True, slots=True)
class Knocking:
    """Whether newcomers knock; how many wait, and the first of them."""

    is_on: bool
    count: int
    knocks: list[Knock]


def of(viewer: Member, found: Found) -> Knocking | None:
    """None for who decides nothing, and for rooms that are not open."""
    if not found.room.is_open or not found.may(viewer, Action.SET_KNOCK):
        return None
    waiting = Knock.objects.waiting().filter(room=found.room)
    knocks = list(waiting.select_related("member__user").order_by("pk")[:SHOWN_MAX])
    return Knocking(found.room.needs_knock, waiting.count() if knocks else 0, knocks)
