"""Rooms as journals: the door in (write), the door out (read).

Every change of a room takes the room's next version, in the transaction that stores the change.
Everybody sees the journal in version order, so nothing is lost, shown twice or reordered, whatever
the channel layer, the process or the connection does.
"""

from chat.journal.changes import (
    NO_MARKUP,
    Appended,
    Change,
    Delete,
    Edit,
    Markup,
    Mentioned,
    Post,
    React,
    Refused,
)
from chat.journal.entry import Entry
from chat.journal.journal import Journal
from chat.journal.read.cursor import Cursor, PostCursor
from chat.journal.read.feed import Feed, Slice

__all__ = [
    "NO_MARKUP",
    "Appended",
    "Change",
    "Cursor",
    "Delete",
    "Edit",
    "Entry",
    "Feed",
    "Journal",
    "Markup",
    "Mentioned",
    "Post",
    "PostCursor",
    "React",
    "Refused",
    "Slice",
]
