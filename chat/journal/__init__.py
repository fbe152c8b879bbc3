"""Rooms as journals: `write` appends changes, `read` sends them to connections.

Every change of a room takes the room's next version, in the transaction that stores the change.
A connection gets the latest state of every changed message, in version order, whatever the channel
layer, the process or the connection does (chat/tests/journal/model.py).
"""

from chat.journal.changes import (
    NO_MARKUP,
    Appended,
    Change,
    Delete,
    Edit,
    Erase,
    Markup,
    Mentioned,
    Newcomer,
    Post,
    React,
    Refresh,
    Refused,
    Settled,
)
from chat.journal.entry import Entry
from chat.journal.journal import Journal
from chat.journal.read.cursor import Cursor, PostCursor
from chat.journal.read.feed import Feed

__all__ = [
    "NO_MARKUP",
    "Appended",
    "Change",
    "Cursor",
    "Delete",
    "Edit",
    "Entry",
    "Erase",
    "Feed",
    "Journal",
    "Markup",
    "Mentioned",
    "Newcomer",
    "Post",
    "PostCursor",
    "React",
    "Refresh",
    "Refused",
    "Settled",
]
