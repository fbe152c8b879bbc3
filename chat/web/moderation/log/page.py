"""/chat/<room>/settings/log/ and /moderation/log/: what moderators did."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat import policy
from chat.models import Member, ModerationAct
from chat.models.moderation_act import ModerationActQuerySet
from chat.policy import Action
from chat.web import doors
from chat.web.doors import RoomNotFound
from chat.web.guests import guest_view
from chat.web.moderation.log import export
from chat.web.moderation.log.filters import LogForm
from chat.web.moderation.log.lines import latest, lines, rooms_for
from chat.web.time_zones import zone_of

JSON_LINES = "jsonl"
NUMBER_MAX = 2**63 - 1


@never_cache
@require_safe
@guest_view
def of_room(request: HttpRequest, member: Member, room_name: str) -> HttpResponseBase:
    """The log of a room, for who may see it. Others are told that there is no such room."""
    _, found = doors.find(member, room_name)
    if found is None or not found.may(member, Action.SEE_LOG):
        raise RoomNotFound
    acts = ModerationAct.objects.filter(room=found.room)
    context = {"room": found.room, "title": found.room.shown_name}
    return _answer(request, member, acts, context)


@never_cache
@require_safe
@guest_view
def of_all(request: HttpRequest, member: Member) -> HttpResponseBase:
    """The log of all rooms, for operators."""
    if not policy.is_operator(member):
        raise PermissionDenied
    return _answer(request, member, ModerationAct.objects.all(), {})


def _answer(
    request: HttpRequest, member: Member, acts: ModerationActQuerySet, context: dict[str, Any]
) -> HttpResponseBase:
    """A page of the acts that are looked for, or the download of all of them (?format=jsonl)."""
    form = LogForm(request.GET, member, of_all="room" not in context)
    wanted = form.find(acts)
    if request.GET.get("format") == JSON_LINES:
        return export.answer(member, wanted, "log")
    shown, next_page = latest(wanted, _number(request.GET.get("before", "")))
    filters = request.GET.copy()
    filters.pop("before", None)
    context |= {
        "form": form,
        "lines": lines(member, shown, rooms_for(member, shown)),
        "older": next_page,
        "is_filtered": any(request.GET.get(it) for it in form.fields),
        "is_first": "before" not in request.GET,
        "filters": filters.urlencode(),
        "here": request.get_full_path(),
        "is_operator": policy.is_operator(member),
    }
    with timezone.override(zone_of(member)):
        return render(request, "chat/moderation/log.html", context)


def _number(typed: str) -> int | None:
    is_number = typed.isascii() and typed.isdigit() and len(typed) < len(str(NUMBER_MAX))
    return int(typed) if is_number else None
