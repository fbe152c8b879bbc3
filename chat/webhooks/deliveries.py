"""What goes to a receiver next: one change, so that its key is that of the delivery.

(room, epoch, version) makes the id. So it is the same whenever the delivery is tried again, by
whatever process, and nothing that is said is stored a second time.
"""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4, uuid5

from chat.models import Room, Webhook
from chat.models.program_cursor import Positions
from chat.programs import cursors
from chat.programs.cursors import Answer, Change, Gap
from chat.programs.described import described
from chat.webhooks.making import is_kept, program_of

START = 0  # before all rooms


@dataclass(frozen=True, slots=True)
class Delivery:
    """`positions` is where the cursor stands once the receiver has it."""

    id: str
    content: dict[str, Any]  # JSON
    positions: Positions
    room: Room | None = None
    reply_to: int | None = None  # a seq; None where there is nothing to reply to


@dataclass(frozen=True, slots=True)
class Look:
    """What a webhook has to push now. `rooms` is where to wait: versions by primary key.

    `passed` are positions before which nothing is for the webhook.
    """

    webhook: Webhook
    keeps: bool  # whether who made it still keeps the room
    rooms: dict[int, int]
    delivery: Delivery | None = None
    passed: Positions | None = None
    more: bool = False


def look(pk: int, last_room: int = START) -> Look | None:
    """`last_room` is that of the last delivery: others come first. None: there is no webhook."""
    webhook = Webhook.objects.with_all().filter(pk=pk).first()
    if webhook is None:
        return None
    if webhook.is_paused or not is_kept(webhook):
        return Look(webhook, webhook.is_paused, {})
    answer = cursors.read(program_of(webhook.bot), webhook.cursor.positions)
    delivery = _next(webhook, answer, last_room)
    return Look(webhook, True, answer.rooms, delivery, answer.passed, answer.more)


def trial() -> Delivery:
    """A delivery that says nothing."""
    content = described(Answer()) | {"test": True}
    return Delivery(f"test_{uuid4().hex}", content, {})


def _next(webhook: Webhook, answer: Answer, last_room: int) -> Delivery | None:
    """What comes next in some room: what was missed there comes before what changed."""
    room = _turn_of(answer, last_room)
    if room is None:
        return None
    changes = [it for it in answer.changes if it.room.pk == room.pk]
    if gaps := [it for it in answer.gaps if it.room.pk == room.pk]:
        return _of_gaps(webhook, answer, gaps, changes)
    return _of_change(webhook, answer, changes[0])


def _turn_of(answer: Answer, last_room: int) -> Room | None:
    """Rooms take turns: none waits until another one is quiet."""
    told: list[Change | Gap] = [*answer.changes, *answer.gaps]
    rooms = sorted({it.room.pk: it.room for it in told}.items())
    later = [room for pk, room in rooms if pk > last_room]
    return next(iter([*later, *(room for _, room in rooms)]), None)


def _of_change(webhook: Webhook, answer: Answer, change: Change) -> Delivery:
    room, entry = change.room, change.entry
    to: Positions = {str(room.uid): [str(room.epoch), entry.version]}
    is_last = not answer.more and len(answer.changes) + len(answer.gaps) == 1
    part = replace(answer, changes=[change], gaps=[], positions=to, more=not is_last)
    reply_to = None if entry.is_tombstone else entry.seq
    id = _id(webhook, room, str(entry.version))
    return Delivery(id, described(part), to, room, reply_to)


def _of_gaps(webhook: Webhook, answer: Answer, gaps: list[Gap], changes: list[Change]) -> Delivery:
    room, key = gaps[0].room, str(gaps[0].room.uid)
    reached = changes[0].entry.version - 1 if changes else answer.positions[key][1]
    to: Positions = {key: [str(room.epoch), reached]}
    is_last = not answer.more and not answer.changes and len(answer.gaps) == len(gaps)
    part = replace(answer, changes=[], gaps=gaps, positions=to, more=not is_last)
    told = "gap {}".format(" ".join(f"{it.why} {it.expired}" for it in gaps))
    return Delivery(_id(webhook, room, told), described(part), to)


def _id(webhook: Webhook, room: Room, what: str) -> str:
    return f"msg_{uuid5(webhook.uid, f'{room.uid} {room.epoch} {what}').hex}"


def reply_id(webhook: Webhook, delivery: Delivery) -> UUID:
    """The client's id of the reply to a delivery: a second one is the same message."""
    return uuid5(webhook.uid, f"reply {delivery.id}")
