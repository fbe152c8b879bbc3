"""The admin. Rows of a journal are read-only here: the journal announces what it changes."""

from chat.admin import (
    accounts,
    acts,
    bots,
    files,
    jobs,
    log,
    members,
    messages,
    reports,
    rooms,
    sanctions,
    webhooks,
)

__all__ = [
    "accounts",
    "acts",
    "bots",
    "files",
    "jobs",
    "log",
    "members",
    "messages",
    "reports",
    "rooms",
    "sanctions",
    "webhooks",
]
