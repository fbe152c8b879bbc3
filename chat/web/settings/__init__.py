"""/chat/<room>/settings/: people and their roles, what newcomers see, what waits, what stays."""

from chat.web.settings.bots import change_bot, room_bots
from chat.web.settings.filter import set_filter
from chat.web.settings.guest_files import set_guest_files
from chat.web.settings.held import approve, reject
from chat.web.settings.history import set_history
from chat.web.settings.knocking import let_in, set_knock
from chat.web.settings.page import show
from chat.web.settings.people import add, leave, remove, set_role
from chat.web.settings.picture import set_picture
from chat.web.settings.retention import set_retention
from chat.web.settings.webhooks import change_webhook, webhooks

__all__ = [
    "add",
    "approve",
    "change_bot",
    "change_webhook",
    "leave",
    "let_in",
    "reject",
    "remove",
    "room_bots",
    "set_filter",
    "set_guest_files",
    "set_history",
    "set_knock",
    "set_picture",
    "set_retention",
    "set_role",
    "show",
    "webhooks",
]
