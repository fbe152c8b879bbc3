"""The messages that wait for a moderator, as the settings of a room show them."""

from dataclasses import dataclass

from chat.access import Found
from chat.models import HeldMessage, Member
from chat.policy import Action

SHOWN_MAX = 50  # of those that wait


@dataclass(frozen=True, slots=True)
class Held:
    """`count` of all that wait, and the first of them."""

    messages: list[HeldMessage]
    count: int


def of(viewer: Member, found: Found) -> Held | None:
    """What waits in the room, oldest first. None where nothing does, or who may not decide."""
    if not found.may(viewer, Action.DELETE_OF_OTHERS):
        return None
    waiting = HeldMessage.objects.waiting().filter(room=found.room)
    shown = waiting.select_related("member__user").prefetch_related("file_rows")
    messages = list(shown.order_by("pk")[:SHOWN_MAX])
    return Held(messages, waiting.count()) if messages else None
