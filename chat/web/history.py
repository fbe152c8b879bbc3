"""A room's history as JSON: pages of messages."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from chat import protocol
from chat.journal import Entry
from chat.journal.read import queries
from chat.journal.read.view import View, view_of
from chat.models import Member, Room
from chat.web import doors
from chat.web.caching import no_cache
from chat.web.forms import HistoryForm
from chat.web.guests import guest_view


@no_cache
@require_safe
@guest_view
def messages(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """A page of history, as docs/protocol.md describes it."""
    form = HistoryForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    _, found = doors.find(member, room_name)
    if found is None:
        page = history_json(member, None, [], more=False)
    else:
        view = view_of(member, found)
        page = _requested_page(member, found.room, view, **form.cleaned_data)
    return doors.forgettable(HttpResponse(page, content_type="application/json"), found)


def _requested_page(
    member: Member,
    room: Room,
    view: View,
    limit: int,
    before: int | None,
    after: int | None,
    around: int | None,
    seqs: list[int],
) -> str:
    if seqs:
        return history_json(member, room, *queries.at_seqs(room.pk, seqs, view=view))
    if around is not None:
        entries, more, is_more_new = queries.page_around(room.pk, limit, around, view=view)
        return history_json(member, room, entries, more, newer=is_more_new)
    if after is not None:
        entries, is_more_new = queries.page_after(room.pk, limit, after, view=view)
        return history_json(member, room, entries, more=after > 0, newer=is_more_new)
    return history_json(member, room, *queries.page(room.pk, limit, before, view=view))


def history_json(
    member: Member, room: Room | None, entries: list[Entry], more: bool, **fields: Any
) -> str:
    """A page of messages as JSON, with other fields. The entries are JSON already."""
    fields["more"] = more
    if room and member.is_saved and (reacted := queries.reacted(member, room.pk, entries)):
        fields["reacted"] = [{"seq": seq, "emoji": emoji} for seq, emoji in reacted]
    others = msgspec.json.encode(fields).decode().removeprefix("{")
    return f'{{"messages":{protocol.frame(it.json for it in entries)},{others}'
