"""The log of moderation: of a room for who keeps it, and of all rooms for operators."""

from chat.web.moderation.log.page import of_all, of_room

__all__ = ["of_all", "of_room"]
