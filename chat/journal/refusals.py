"""What somebody is told who may not do something in a room that they may find."""

from chat.journal.changes import ARCHIVED, BANNED, KNOCK_FIRST, LOCKED, MUTED
from chat.models import Room
from chat.policy import Standing
from chat.protocol import Translatable

Refusal = tuple[str, Translatable]


def why_not(room: Room, standing: Standing, otherwise: Refusal) -> Refusal:
    """The state of the member or of the room that forbids; `otherwise` where neither does."""
    if standing.is_banned:
        return BANNED
    if standing.is_waiting:
        return KNOCK_FIRST
    if room.is_archived:
        return ARCHIVED
    if standing.is_muted:
        return MUTED
    return LOCKED if room.is_locked else otherwise
