"""Removes the messages of a room that were sent before a moment, and what belongs to them.

In steps that are bounded by the rows they touch, as others write in between. The oldest go first,
and `Room.expired_seq` moves in the transaction that removes them: what has a greater seq is there,
with all that belongs to it.

Each table that has a room or a message is in one of these lists, but files and the pictures of
cards, whose bytes go by a job; a test holds them complete.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models.functions import Length

from chat.journal.write import search_index, statements
from chat.models import (
    Bot,
    CardPicture,
    CaseLine,
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
    Room,
    RoomFilter,
    Sanction,
    Subscription,
    Webhook,
)

STEP_MESSAGES = 50
STEP_CHARACTERS = 50_000  # of messages: to take words out of the index takes longest
STEP_ROWS = 300  # of each table that belongs to messages
STEP_FILES = 50
STEP_CASES = 5  # each with some hundred rows

WITH_MESSAGES: tuple[type[models.Model], ...] = (Mention, Reaction, Revision)
# What was said, by its own date: open cases stay until they are decided.
COPIES: tuple[type[models.Model], ...] = (ReportCase, HeldMessage)
# They say who may what, and what was done to whom; none has what was said.
STAYING: tuple[type[models.Model], ...] = (
    Bot,
    FormerRoomName,
    HistoryBound,
    ImportedRoom,
    Invite,
    Knock,
    LastPost,
    Membership,
    ModerationAct,
    Removal,
    Revocation,
    RoomFilter,
    Sanction,
    Subscription,
    Webhook,
)


class Removed(NamedTuple):
    """What a step did: whether more is left, and up to which seq messages are gone by now."""

    is_more: bool
    expired_seq: int = 0


@transaction.atomic
def remove_messages(room_id: int, before: datetime) -> Removed:
    """Remove some of the messages that were sent before a moment, the oldest first."""
    if not statements.lock_rooms({room_id}):
        return Removed(is_more=False)
    pks, last = _oldest(room_id, before)
    if not pks:
        return Removed(is_more=False)
    if _remove_some_rows(pks):
        return Removed(is_more=True)
    CardPicture.objects.filter(message__in=pks).remove()
    search_index.remove(pks)
    search_index.ask_to_purge()
    Message.objects.filter(pk__in=pks).delete()
    Room.objects.filter(pk=room_id).update(expired_seq=last)
    return Removed(is_more=True, expired_seq=last)


@transaction.atomic
def remove_copies(room_id: int, before: datetime) -> bool:
    """Remove what moderators have of earlier messages. Returns whether more may be left.

    Of reports, those that are decided: nobody ends an open one by keeping messages for a day.
    """
    decided = ReportCase.objects.filter(room=room_id, decided_at__isnull=False)
    cases = _some(decided.filter(sent_at__lt=before), STEP_CASES)
    ReportCase.objects.filter(pk__in=cases).delete()
    lines = _some(CaseLine.objects.filter(case__in=decided, sent_at__lt=before), STEP_ROWS)
    CaseLine.objects.filter(pk__in=lines).delete()
    held = _some(HeldMessage.objects.filter(room=room_id, at__lt=before), STEP_FILES)
    File.objects.filter(pk__in=_some(File.objects.filter(held__in=held), STEP_ROWS)).remove()
    HeldMessage.objects.filter(pk__in=held).delete()
    return len(cases) == STEP_CASES or len(lines) == STEP_ROWS or len(held) == STEP_FILES


def _oldest(room_id: int, before: datetime) -> tuple[Sequence[int], int]:
    """The primary keys of the oldest messages, if they were sent before; and the last one's seq."""
    of_room = Message.objects.filter(room=room_id).order_by("seq")
    found = of_room.annotate(characters=Length("text")).values_list(
        "pk", "seq", "sent_at", "characters"
    )
    pks: list[int] = []
    last = left = 0
    for pk, seq, sent_at, characters in found[:STEP_MESSAGES]:
        left = left - characters if pks else STEP_CHARACTERS - characters
        if sent_at >= before or (pks and left < 0):
            break
        pks.append(pk)
        last = seq
    return pks, last


def _remove_some_rows(pks: Sequence[int]) -> bool:
    """Remove what belongs to messages. Returns whether there may be more: then they stay so far."""
    is_more = False
    for model in WITH_MESSAGES:
        rows = _some(model._default_manager.filter(message__in=pks), STEP_ROWS)
        model._default_manager.filter(pk__in=rows).delete()
        is_more |= len(rows) == STEP_ROWS
    files = _some(File.objects.filter(message__in=pks), STEP_FILES)
    File.objects.filter(pk__in=files).remove()
    return is_more or len(files) == STEP_FILES


def _some(rows: "models.QuerySet[Any]", count: int) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:count])
