"""What one reader may see of a room that is not open.

Frames are made once for all. A reader who came in later, or is taken out, gets frames of their own
where these would tell too much: no state of a message from before, and nothing after the removal.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import msgspec

from chat.access import Found
from chat.journal.entry import Entry
from chat.journal.read.endings import Ending
from chat.journal.read.slices import Page, Slice
from chat.models import Member
from chat.policy import Standing

REPLIES = '"reply_to":'


class NoLongerIn(Exception):
    """The journal says that the reader was taken out of the room."""


@dataclass(frozen=True, slots=True)
class View:
    """A reader, who came in at the version `since` and sees messages from the seq `visible_from`.

    `reader` has the id of the member: the memberships of claimed guests are the account's.
    """

    reader: Collection[str]
    since: int = 0
    visible_from: int = 0

    @classmethod
    def of_member(cls, member: Member, standing: Standing) -> "View":
        """What a member sees with this standing in a room that is not open."""
        return cls({str(member.uid)}, standing.since, standing.visible_from)

    def of(self, slice: Slice) -> Slice:
        """What of the slice the reader may see. Raises NoLongerIn if nothing more of it is."""
        end = next((it for it in slice.endings if self._is_ended_by(it)), None)
        if end is not None:
            slice = _before(slice, end)
        return slice if self.visible_from == 0 else self._bounded(slice)

    def of_page(self, page: Page) -> Page:
        """What of a page of latest messages the reader may see. Raises NoLongerIn."""
        if any(self._is_ended_by(it) for it in page.endings):
            raise NoLongerIn
        return replace(page, entries=self.of_entries(page.entries))

    def of_entries(self, entries: Iterable[Entry]) -> list[Entry]:
        """Those of the entries that the reader may see."""
        if not self.visible_from:
            return list(entries)
        return [self._of_entry(it) for it in entries if it.seq >= self.visible_from]

    def _bounded(self, slice: Slice) -> Slice:
        entries = self.of_entries(slice.entries)
        return slice if entries == slice.entries else replace(slice, entries=entries)

    def _of_entry(self, entry: Entry) -> Entry:
        """The entry without a reply to what the reader does not see."""
        if REPLIES not in entry.json:
            return entry
        state = msgspec.json.decode(entry.json)
        reply_to = state.get("reply_to")
        if reply_to is None or reply_to >= self.visible_from:
            return entry
        json = msgspec.json.encode({**state, "reply_to": None}).decode()
        own = Entry.from_json(entry.seq, entry.version, json, entry.base)
        own.change, own.unnamed = entry.change, entry.unnamed
        return own

    def _is_ended_by(self, ending: Ending) -> bool:
        return ending.seq > self.since and any(it in ending.people for it in self.reader)


ALL = View(reader=())  # of who sees everything, as in open rooms


def view_of(member: Member, found: Found | None) -> View:
    """What the member may see of a room. None is an open one before its first visit."""
    if found is None or found.room.is_open:
        return ALL
    return View.of_member(member, found.standing)


def _before(slice: Slice, ending: Ending) -> Slice:
    """The slice up to an ending. Raises NoLongerIn if nothing lies before.

    The ending took its seq as version. A reaction to it may have given it a later one since.
    """
    entries = [it for it in slice.entries if it.version < ending.seq]
    if not entries:
        raise NoLongerIn
    return Slice(entries, entries[-1].version, slice.after)
