"""Removes what belongs to a deleted room: at once what leads there, then by a job what was said.

Each table that has a room or a message is in one of these lists, but files and the pictures of
cards, whose bytes go by a job; a test holds them complete.
"""

from typing import Any

from django.db import models, transaction

from chat.journal import database
from chat.journal.write import search_index
from chat.models import (
    Bot,
    CardPicture,
    File,
    FormerRoomName,
    HeldMessage,
    HistoryBound,
    ImportedRoom,
    Invite,
    Knock,
    LastPost,
    Membership,
    Mention,
    Message,
    ModerationAct,
    Reaction,
    Removal,
    ReportCase,
    Revision,
    Revocation,
    RoomFilter,
    RoomKind,
    Sanction,
    Subscription,
    Webhook,
)

EMPTY = "empty room"  # the kind of the job
STEP_MESSAGES = 100  # in a step: others post in between

AT_ONCE: tuple[type[models.Model], ...] = (
    FormerRoomName,
    Membership,
    Subscription,
    Invite,
    Removal,
    HistoryBound,
    Sanction,
    LastPost,
    RoomFilter,
    HeldMessage,
    Knock,
    ImportedRoom,
    Webhook,
)
WITH_MESSAGES: tuple[type[models.Model], ...] = (Mention, Reaction, Revision)
# Revocations close sockets, and go after a day; the log is what operators keep. Of reports, the
# open cases of open rooms stay: nobody ends one by deleting the room. What a bot said elsewhere
# shows that it is one; its tokens were for the room alone.
STAYING: tuple[type[models.Model], ...] = (Revocation, ModerationAct, ReportCase, Bot)


def empty(room_id: int) -> None:
    """Remove who is in the room, in whose lists it is, and the names that lead there."""
    File.objects.filter(room=room_id, message=None).remove()
    for model in AT_ONCE:
        model._default_manager.filter(room=room_id).delete()
    cases = ReportCase.objects.filter(room=room_id)
    cases.exclude(room__kind=RoomKind.OPEN, decided_at=None).delete()


async def step(state: dict[str, Any]) -> dict[str, Any] | None:
    """Remove some messages. Returns the next state of the job; None: nothing is left."""
    is_empty = await database.write(remove_messages, state["room"])
    return None if is_empty else state


@transaction.atomic
def remove_messages(room_id: int) -> bool:
    """Remove the oldest messages and what belongs to them. Returns whether all are gone.

    Then what a visit stored that had found the room just before goes, too.
    """
    of_room = Message.objects.filter(room=room_id).order_by("pk")
    pks = list(of_room.values_list("pk", flat=True)[:STEP_MESSAGES])
    File.objects.filter(message__in=pks).remove()
    CardPicture.objects.filter(message__in=pks).remove()
    for model in WITH_MESSAGES:
        model._default_manager.filter(message__in=pks).delete()
    search_index.remove(pks)
    if pks:
        search_index.ask_to_purge()
    Message.objects.filter(pk__in=pks).delete()
    if not pks:
        empty(room_id)
    return not pks
