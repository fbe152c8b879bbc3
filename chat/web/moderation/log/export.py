"""The log as JSON Lines. docs/moderation.md describes the fields."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import msgspec
from django.http import StreamingHttpResponse
from django.utils import timezone

from chat.access import Found
from chat.journal import database
from chat.models import Member, ModerationAct
from chat.models.moderation_act import ModerationActQuerySet
from chat.web.moderation.log.lines import all_acts, rooms_for

PAGE_ACTS = 200  # read at once


def answer(viewer: Member, acts: ModerationActQuerySet, name: str) -> StreamingHttpResponse:
    """The download of these acts, oldest first."""
    response = StreamingHttpResponse(
        _download(viewer, acts), content_type="application/x-ndjson; charset=utf-8"
    )
    filename = f"{name}-{timezone.now():%Y-%m-%d}.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "no-store"
    return response


async def _download(viewer: Member, acts: ModerationActQuerySet) -> AsyncIterator[bytes]:
    after = 0
    while page := await database.read(_page, viewer, acts, after):
        after, text = page
        yield text


def pages(viewer: Member, acts: ModerationActQuerySet) -> Iterator[bytes]:
    """The lines of these acts, some at once."""
    after = 0
    while page := _page(viewer, acts, after):
        after, text = page
        yield text


def _page(viewer: Member, acts: ModerationActQuerySet, after: int) -> tuple[int, bytes] | None:
    """The lines after this number, and the number of the last one. None: there are no more."""
    found = list(all_acts(acts).filter(pk__gt=after).order_by("pk")[:PAGE_ACTS])
    if not found:
        return None
    rooms = rooms_for(viewer, found)
    lines = [msgspec.json.encode(record(it, rooms)) + b"\n" for it in found]
    return found[-1].pk, b"".join(lines)


def record(act: ModerationAct, rooms: Mapping[int, Found]) -> dict[str, Any]:
    return {
        "id": act.pk,
        "at": act.at,
        "act": act.kind,
        "by": _person(act.by),
        "room": _room(act, rooms),
        "person": _person(act.member),
        "seq": act.seq,
        "why": act.why,
        "until": act.until,
        "details": act.details,
        "together": act.together,
        "undoes": act.undoes_id,
    }


def _person(member: Member | None) -> dict[str, Any] | None:
    if member is None:
        return None
    account = member.account
    username = {"username": account.username} if account else {}
    return {"id": member.uid, "name": member.name, **username}


def _room(act: ModerationAct, rooms: Mapping[int, Found]) -> dict[str, Any] | None:
    """Of a room that is not open, the name is there only for who may find the room."""
    if act.room is None:
        return None
    found = rooms.get(act.room.pk)
    room = found.room if found else act.room
    name = room.shown_name if found or room.is_open else ""
    named = {"name": name} if name else {}
    return {"id": room.uid, "kind": room.kind, **named}
