"""Presence: who is in a room, and who is typing. Soft state, kept in memory.

Presence travels between processes over the channel layer, and expires when a process crashes.
"""

import asyncio

from chat.live.best_effort import BestEffortSender
from chat.live.presence.participants import People
from chat.live.presence.room_presence import RoomPresence, Subscriber, picture_of
from chat.models import Member, Room
from chat.protocol import Author
from chat.transport.channel_layer import LayerClient, LayerMessage
from chat.transport.event_bus import EventBus

__all__ = ["Presence", "PresenceHandle"]

RENAMED = "renamed"  # topic on the event bus; the key is the member's id, items are [name, picture]


class PresenceHandle:
    """One connection's presence in a room."""

    def __init__(self, room_presence: RoomPresence, subscriber: Subscriber) -> None:
        self._room_presence, self._subscriber = room_presence, subscriber

    def start_typing(self) -> None:
        """Show that the person types, until `stop_typing` or for TYPING_SECONDS."""
        self._room_presence.start_typing(self._subscriber.id)

    def stop_typing(self) -> None:
        self._room_presence.stop_typing(self._subscriber.id)

    @property
    def people(self) -> People:
        """Everybody in the room: names by member ids."""
        return self._room_presence.people

    def leave(self) -> None:
        """Remove the connection from the room. A second call does nothing."""
        self._room_presence.unsubscribe(self._subscriber)


class Presence:
    """The presence of every room that has connections to this process."""

    def __init__(self, layer: LayerClient, bus: EventBus) -> None:
        self._layer, self._bus = layer, bus
        self._rooms: dict[int, RoomPresence] = {}  # by primary key
        self._layer.on("room.presence", self._receive)
        bus.on(RENAMED, self._rename)

    def join(
        self, room: Room, member: Member, sender: BestEffortSender | None = None
    ) -> PresenceHandle:
        """Add a connection to a room whose channel-layer group this process has joined.

        `sender` receives the presence frames. A plain connection has none.
        """
        self._bus.listen()
        room_presence = self._in(room)
        return PresenceHandle(room_presence, room_presence.subscribe(member, sender))

    async def look(self, room: Room) -> tuple[int, list[Author]]:
        """How many are in a room whose group this process has joined, and some of them."""
        return await self._in(room).look()

    def _in(self, room: Room) -> RoomPresence:
        room_presence = self._rooms.get(room.pk)
        if room_presence is None:
            room_presence = RoomPresence(room, self._layer, lambda: self._forget(room.pk))
            self._rooms[room.pk] = room_presence
        return room_presence

    async def publish_name(self, member: Member) -> None:
        """Tell every process the member's new name, or picture."""
        shown = [member.name, picture_of(member)]
        await self._bus.publish_now(RENAMED, str(member.uid), [shown])

    async def leave_all(self) -> None:
        """Tell the other processes that everybody on this process has left."""
        await asyncio.gather(*(it.leave_all() for it in self._rooms.values()))

    def _forget(self, room_pk: int) -> None:
        self._rooms.pop(room_pk, None)

    def _receive(self, message: LayerMessage) -> None:
        room_presence = self._rooms.get(message["room"])
        if room_presence is not None and message["by"] != self._layer.id:
            room_presence.receive(message)

    def _rename(self, id: str, shown: list[list[str]]) -> None:
        name, picture = shown[-1]
        for room_presence in self._rooms.values():
            room_presence.rename(id, name, picture)
