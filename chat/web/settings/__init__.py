"""/chat/<room>/settings/: who is in a room, their roles, and what newcomers see."""

from chat.web.settings.history import set_history
from chat.web.settings.page import show
from chat.web.settings.people import add, leave, remove, set_role

__all__ = ["add", "leave", "remove", "set_history", "set_role", "show"]
