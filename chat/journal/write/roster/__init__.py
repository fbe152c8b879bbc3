"""Changes of who is in a room, and of the room itself: decided, then stored."""

from chat.journal.write.roster.roster import Roster

__all__ = ["Roster"]
