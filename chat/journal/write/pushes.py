"""The pushes of one transaction: a job for each message that may be for somebody's devices.

Nothing is asked where messages mention nobody, and are in no direct or followed room.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta

from chat.journal.write.related_rows import MessageKey, message_key
from chat.models import Job, Message, PushDevice
from chat.models.message import Kind

FIND = "find devices to push to"  # the kind of the job
# Who looks at the room has read the message by then: a page tells every 2 s how far, stored in 1 s.
LOOKING_SECONDS = 5
PUSHED = (Kind.TEXT, Kind.ACTION)


class Pushes:
    """Collects new messages while changes apply; `store` adds the jobs."""

    def __init__(self) -> None:
        self._messages: list[tuple[Message, Collection[int]]] = []

    def look_at(self, message: Message, people: Collection[int]) -> None:
        """`people` are those of a direct room, by primary key: each message is for them."""
        if message.kind in PUSHED:
            self._messages.append((message, people))

    def store(self, mentioned: Mapping[MessageKey, set[int | None]]) -> None:
        """Add a job for each message that somebody with a device may want. One query at most.

        `mentioned` as `RelatedRows.mentioned`.
        """
        meant = [
            (it, mentioned.get(message_key(it), set()).union(people))
            for it, people in self._messages
            if not it.is_deleted
        ]
        meant = [(it, members) for it, members in meant if members or it.room.is_followed]
        if not meant:
            return
        specific = {pk for _, members in meant for pk in members if pk is not None}
        reached: set[int | None] = {None, *_with_devices(specific)}
        wanted = [it for it, members in meant if it.room.is_followed or members & reached]
        states = [{"room": it.room_id, "seq": it.seq, "after": 0} for it in wanted]
        if states:
            Job.objects.add_all_quietly(FIND, states, timedelta(seconds=LOOKING_SECONDS))


def _with_devices(members: Collection[int]) -> set[int]:
    if not members:
        return set()
    found = PushDevice.objects.filter(member__in=members)
    return set(found.values_list("member_id", flat=True))
