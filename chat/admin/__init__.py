"""The admin. Rows of a journal are read-only here: the journal announces what it changes."""

from chat.admin import accounts, blocks, jobs, log, members, messages, rooms

__all__ = ["accounts", "blocks", "jobs", "log", "members", "messages", "rooms"]
