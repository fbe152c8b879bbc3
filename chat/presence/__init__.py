"""Who is here, and who is writing: soft state, which never touches the journal.

It travels over the channel layer alone, expires by itself, and is told to connections in a few
frames a second at most, however large the room.
"""

import asyncio

from chat import bulletin, layer
from chat.models import Member, Room
from chat.perloop import PerLoop
from chat.presence.gathering import Gathering, Seat
from chat.whisper import Whisper

__all__ = ["Place", "farewell", "join", "renamed"]

RENAMED = "renamed"  # on the bulletin, by the member's id


class Place:
    """One connection's place among the people of a room."""

    def __init__(self, gathering: Gathering, seat: Seat) -> None:
        self._gathering, self._seat = gathering, seat

    def types(self) -> None:
        self._gathering.types(self._seat.id)

    def stops_typing(self) -> None:
        self._gathering.stops_typing(self._seat.id)

    def leave(self) -> None:
        self._gathering.rise(self._seat)


class _Gatherings:
    """The rooms with people of ours in them."""

    def __init__(self) -> None:
        self._layer = layer.here()
        self._open: dict[int, Gathering] = {}
        self._layer.on("room.presence", self._hear)
        bulletin.here().on(RENAMED, self._rename)

    def join(self, room: Room, member: Member, ear: Whisper | None) -> Place:
        gathering = self._open.get(room.pk)
        if gathering is None:
            gathering = Gathering(room, self._layer, lambda: self._forget(room.pk))
            self._open[room.pk] = gathering
        return Place(gathering, gathering.sit(member, ear))

    async def farewell(self) -> None:
        await asyncio.gather(*(it.farewell() for it in self._open.values()))

    def _forget(self, room_id: int) -> None:
        self._open.pop(room_id, None)

    def _hear(self, said: layer.Said) -> None:
        gathering = self._open.get(said["room"])
        if gathering is not None and said["by"] != self._layer.id:
            gathering.hear(said)

    def _rename(self, id: str, names: list[str]) -> None:
        for gathering in self._open.values():
            gathering.rename(id, names[-1])


_here = PerLoop(_Gatherings)


def join(room: Room, member: Member, ear: Whisper | None = None) -> Place:
    """Take a place in the room, whose group this process has joined. `ear` is told who is there."""
    bulletin.here().listen()
    return _here().join(room, member, ear)


async def farewell() -> None:
    """Let the other processes know that our people are gone from here."""
    await _here().farewell()


async def renamed(member: Member) -> None:
    """Let everybody know what the member is called now."""
    await bulletin.here().tell_now(RENAMED, str(member.uid), [member.name])
