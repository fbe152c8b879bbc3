"""What a room is, and who is in it, for its connections: soft state, sent after a change."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import Error
from msgspec import UNSET, UnsetType

from chat import policy, protocol
from chat.journal import database
from chat.journal.activity import REJECTED, ROOM_CHANGED
from chat.live.best_effort import BestEffortSender
from chat.models import Member, Membership, Role, Room, Sanction, direct_rooms
from chat.policy import STRANGER, Standing
from chat.protocol import (
    MessageRejected,
    Muted,
    People,
    RoomChanged,
    RoomInfo,
    RosterPerson,
    YouChanged,
)
from chat.transport.event_bus import EventBus

GATHER_SECONDS = 0.05  # after a change, for further changes to join its frame
FRAME_SECONDS = 0.5  # at least, between two frames to the connections of a room
RETRY_SECONDS = 2  # for a connection whose frame was dropped
SHOWN_PEOPLE = 100  # in a frame

logger = logging.getLogger(__name__)


class Watcher:
    """One connection in a room. A stale one needs the people; if `needs_room`, the room as well.

    `standing` is what the member was in the room when that was read last.
    """

    __slots__ = ("id", "is_stale", "member", "needs_room", "sender", "standing")

    def __init__(self, member: Member, standing: Standing, sender: BestEffortSender) -> None:
        self.member, self.standing, self.sender = member, standing, sender
        self.id = str(member.uid)
        self.is_stale = self.needs_room = False

    def take(self) -> bool:
        """Before the state is read: a change after that makes the watcher stale again."""
        needs_room, self.is_stale, self.needs_room = self.needs_room, False, False
        return needs_room

    def put_back(self, needs_room: bool) -> None:
        """The frame was dropped."""
        self.is_stale, self.needs_room = True, self.needs_room or needs_room


@dataclass(frozen=True, slots=True)
class State:
    """What is sent of a room, and to whom: to everybody, or the ids of those who are in it."""

    room: str
    people: str | None = None
    allowed: Collection[str] | None = None
    direct: Mapping[str, str] = field(default_factory=dict)  # a direct room, as each person sees it
    standings: Mapping[str, Standing] = field(default_factory=dict)  # of those who have any, by id

    def frame(self, watcher: Watcher, needs_room: bool) -> str | None:
        """None for who is no longer in the room. Tells the watcher what the member is there now."""
        id = watcher.id
        if self.allowed is not None and id not in self.allowed:
            return None
        room = self.direct.get(id, self.room)
        events = [room] * needs_room + ([self.people] if self.people else [])
        standing = self.standings.get(id, STRANGER)
        if standing != watcher.standing:
            watcher.standing = standing
            events.append(protocol.encode(you_changed(watcher.member, standing)))
        return protocol.frame(events) if events else None


class RoomStates:
    """Reads the state of a room once for all its connections to this process."""

    def __init__(self, bus: EventBus) -> None:
        self._watchers: dict[int, set[Watcher]] = defaultdict(set)  # by the room's primary key
        self._sending: dict[int, asyncio.Task[None]] = {}
        bus.on(ROOM_CHANGED, self._on_change)
        bus.on(REJECTED, self._on_rejected)

    def watch(
        self, room: Room, member: Member, standing: Standing, sender: BestEffortSender
    ) -> Watcher:
        """Send the people of a room that is not open now, and all changes until `leave`."""
        watcher = Watcher(member, standing, sender)
        watcher.is_stale = not room.is_open
        self._watchers[room.pk].add(watcher)
        if watcher.is_stale:
            self._send_soon(room.pk)
        return watcher

    def refresh(self, member: UUID | None, room_pk: int | None) -> None:
        """What the member may in the room has changed: read it anew."""
        meant = [it for it in self._watchers.get(room_pk or 0, ()) if it.id == str(member)]
        for watcher in meant:
            watcher.is_stale = True
        if meant and room_pk:
            self._send_soon(room_pk)

    async def aclose(self) -> None:
        """Stop what runs in the background."""
        for task in list(self._sending.values()):
            task.cancel()
        await asyncio.gather(*self._sending.values(), return_exceptions=True)

    def leave(self, room: Room, watcher: Watcher) -> None:
        room_pk = room.pk
        watchers = self._watchers.get(room_pk, set())
        watchers.discard(watcher)
        if not watchers:
            self._watchers.pop(room_pk, None)
            if task := self._sending.pop(room_pk, None):
                task.cancel()

    def send(self, room_pk: int) -> None:
        """Send to all connections in the room what it is now."""
        for watcher in (watchers := self._watchers.get(room_pk, ())):
            watcher.is_stale = watcher.needs_room = True
        if watchers:
            self._send_soon(room_pk)

    def _on_change(self, key: str, items: list[object]) -> None:
        self.send(int(key))

    def _on_rejected(self, key: str, items: list[Any]) -> None:
        for author, client_id, why in items:
            rejected = protocol.encode(MessageRejected(client_id, why or UNSET))
            for watcher in self._watchers.get(int(key), ()):
                if watcher.id == author:
                    watcher.sender.send(protocol.frame([rejected]))

    def _send_soon(self, room_pk: int) -> None:
        if room_pk not in self._sending:
            self._sending[room_pk] = asyncio.create_task(self._send_until_fresh(room_pk))

    async def _send_until_fresh(self, room_pk: int) -> None:
        while self._stale(room_pk):
            await asyncio.sleep(GATHER_SECONDS)
            waiting = {it: it.take() for it in self._stale(room_pk)}
            dropped = await self._send(room_pk, waiting)
            for it in dropped:
                it.put_back(waiting[it])
            await asyncio.sleep(RETRY_SECONDS if dropped else FRAME_SECONDS)
        del self._sending[room_pk]

    def _stale(self, room_pk: int) -> list[Watcher]:
        return [it for it in self._watchers.get(room_pk, ()) if it.is_stale]

    async def _send(self, room_pk: int, waiting: Mapping[Watcher, bool]) -> list[Watcher]:
        """Returns those that did not get the state."""
        try:
            state = await database.read(_read, room_pk, {it.id for it in waiting})
        except (Error, Room.DoesNotExist) as error:
            logger.error("room %s: cannot read who is in it: %s", room_pk, error)
            return list(waiting)
        present = self._watchers.get(room_pk, set())
        sending = {it: state.frame(it, needs) for it, needs in waiting.items() if it in present}
        return [it for it, frame in sending.items() if frame and not it.sender.send(frame)]


def room_info(room: Room) -> RoomInfo:
    """A room as `hello` and `room` have it."""
    return RoomInfo(
        str(room.uid),
        room.shown_name,
        topic=room.topic or UNSET,
        kind=UNSET if room.is_open else room.kind,
        archived=room.is_archived or UNSET,
        locked=room.is_locked or UNSET,
        slow=room.slow_seconds or UNSET,
        picture=str(room.shown_picture) if room.shown_picture else UNSET,
        kept_days=room.retention_days or UNSET,
        expired=room.expired_seq or UNSET,
    )


def you_changed(member: Member, standing: Standing) -> YouChanged:
    return YouChanged(role=policy.role(member, standing) or UNSET, muted=muted(standing))


def muted(standing: Standing) -> Muted | UnsetType:
    """As `hello` and `you` have it."""
    if standing.muted_until is None or not standing.is_muted:
        return UNSET
    return Muted(standing.muted_until, standing.why_muted or UNSET)


def _read(room_pk: int, watching: Collection[str]) -> State:
    room = Room.objects.get(pk=room_pk)
    changed = protocol.encode(RoomChanged(room_info(room)))
    standings = _standings(room, watching)
    if room.is_open:
        return State(changed, standings=standings)
    memberships = Membership.objects.filter(room=room)
    in_room = memberships.filter(member__uid__in=watching).values_list("member__uid", flat=True)
    shown = [roster_person(it) for it in memberships.by_rank()[:SHOWN_PEOPLE]]
    people = protocol.encode(People(memberships.count(), shown))
    allowed = {str(it) for it in in_room}
    return State(changed, people, allowed, _direct(room), standings)


def _standings(room: Room, watching: Collection[str]) -> dict[str, Standing]:
    """Those of the watching who have a role, or are muted."""
    memberships = Membership.objects.filter(room=room, member__uid__in=watching)
    roles = {str(it.member.uid): it for it in memberships.select_related("member")}
    of_room = Sanction.objects.in_force().filter(room=room, member__uid__in=watching)
    sanctions: dict[str, list[Sanction]] = defaultdict(list)
    for it in of_room.select_related("member") if room.has_sanctions else ():
        sanctions[str(it.member.uid)].append(it)
    return {id: Standing.of(roles.get(id), sanctions[id]) for id in {*roles, *sanctions}}


def _direct(room: Room) -> dict[str, str]:
    """The event for each person of a direct room, by the ids."""
    if not room.is_direct:
        return {}
    people = direct_rooms.shown_to_each(room)
    return {id: protocol.encode(RoomChanged(room_info(room))) for id in people}


def roster_person(membership: Membership) -> RosterPerson:
    member = membership.member
    role = UNSET if membership.role == Role.MEMBER else membership.role
    picture = str(member.picture_id) if member.picture_id else UNSET
    bot = member.is_bot or UNSET
    return RosterPerson(
        str(member.uid), member.name, guest=member.is_guest, picture=picture, bot=bot, role=role
    )
