"""The pages, and a room's history as JSON."""

from typing import Any

import msgspec
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import policy
from chat.forms import EnterForm, HistoryForm, NameForm
from chat.guests import guest_view
from chat.journal import Entry, read
from chat.journal.feed import PAGE_ENTRIES
from chat.models import Member, Membership, Room, RoomName, RoomNameError

ROOMS_LISTED = 20

fresh = cache_control(private=True, no_cache=True)


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
@guest_view
def index(request: HttpRequest, member: Member) -> HttpResponse:
    form = EnterForm(request.POST or None, initial={"name": member.name})
    if form.is_valid():
        member.rename(form.cleaned_data["name"])
        return redirect("room", form.cleaned_data["room"])
    memberships = Membership.objects.lately(member)[:ROOMS_LISTED] if member.is_stored else []
    context = {"form": form, "memberships": memberships}
    return render(request, "chat/index.html", context, status=422 if form.is_bound else 200)


@fresh
@require_safe
@guest_view
def room(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    name, room = _find_room(member, room_name)
    version = room.version if room else 0
    page = read.page(room.pk, PAGE_ENTRIES, as_of=version) if room else ([], False)
    context = {
        "room_name": room.name if room else name.shown,
        "snapshot": {"version": version, **_history(*page)},
        "you": {"id": str(member.uid), "name": member.name},
        "name_form": NameForm(initial={"name": member.name}),
    }
    return render(request, "chat/room.html", context)


@fresh
@require_safe
@guest_view
def messages(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """A page of history; see docs/protocol.md."""
    form = HistoryForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    _, room = _find_room(member, room_name)
    limit, before = form.cleaned_data["limit"], form.cleaned_data["before"]
    page = read.page(room.pk, limit, before) if room else ([], False)
    return JsonResponse(_history(*page))


@require_POST
@guest_view
def rename(request: HttpRequest, member: Member) -> HttpResponse:
    form = NameForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    member.rename(form.cleaned_data["name"])
    return JsonResponse({"name": member.name})


def _find_room(member: Member, typed: str) -> tuple[RoomName, Room | None]:
    """The room an address names; None while nobody has been in it. A look never creates it."""
    try:
        name = RoomName.parse(typed)
    except RoomNameError as error:
        raise Http404(str(error)) from None
    room = Room.objects.named(name)
    if room and not policy.may_read(member, room):
        raise PermissionDenied
    return name, room


def _history(entries: list[Entry], more: bool) -> dict[str, Any]:
    return {"messages": [msgspec.json.decode(entry.json) for entry in entries], "more": more}
