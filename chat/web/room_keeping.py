"""What the owner of a room, and in open rooms operators, do to the room itself.

Each asks the write door, which decides. Forms lead on to a page; programs get 204, or an error.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.admin.models import DELETION, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.caseless import caseless_key
from chat import runtime
from chat.access import Found
from chat.journal import Refused, Settled
from chat.journal.changes import (
    BAD_ROOM_NAME,
    GONE,
    NAME_TAKEN,
    NOT_YOURS_TO_CHANGE,
    NOTHING_CHANGES,
    Change,
)
from chat.journal.roster_changes import DeleteRoom, RenameRoom, SetArchived
from chat.live.rates import ROOM, TOPIC
from chat.models import Member, Room
from chat.models.room_name_faults import NAME_MAX_CHARACTERS
from chat.policy import Action
from chat.web import doors, rates
from chat.web.caching import no_cache
from chat.web.guests import change_view
from chat.web.requests import is_for_people

STATUSES = {
    NAME_TAKEN[0]: 409,
    NOTHING_CHANGES[0]: 409,
    NOT_YOURS_TO_CHANGE[0]: 403,
    BAD_ROOM_NAME[0]: 422,
}
LATER = 503  # busy, or not stored


class RenameRoomForm(forms.Form):
    """A new name for the room."""

    name = forms.CharField(
        label=gettext_lazy("Name of the room"),
        max_length=2 * NAME_MAX_CHARACTERS,  # before spaces are joined
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, room: Room, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"name": room.name}, auto_id="room-%s", label_suffix="")
        self._room = room

    def clean_name(self) -> str:
        return self._room.new_name(self.cleaned_data["name"]).shown


class ArchiveForm(forms.Form):
    archived = forms.BooleanField(required=False)


class DeleteRoomForm(forms.Form):
    """The name of the room, typed to confirm."""

    name = forms.CharField(
        label=gettext_lazy("Type the name of the room to confirm"),
        max_length=2 * NAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, room: Room, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="room-%s", label_suffix="")
        self._room = room

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"]
        if caseless_key(typed) != caseless_key(self._room.name):
            raise forms.ValidationError(gettext("This is not the name of the room."))
        return typed


def section(member: Member, found: Found, form: RenameRoomForm | None = None) -> dict[str, Any]:
    """What templates/chat/settings/room.html shows, as `keeping`."""
    return {
        "room": found.room,
        "form": form or RenameRoomForm(found.room),
        "may_rename": found.may(member, Action.RENAME),
        "may_archive": found.may(member, Action.ARCHIVE),
        "may_delete": found.may(member, Action.DELETE_ROOM),
    }


@require_POST
@change_view
def rename(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """Give the room a name. Raises TooFast."""
    found = _find(member, room_name, Action.RENAME)
    form = RenameRoomForm(found.room, request.POST)
    if form.is_valid():
        rates.count(request, member, TOPIC, ROOM)
        change = RenameRoom(found.room.pk, member.pk, form.cleaned_data["name"])
        try:
            return _answer(request, _settings_path(_append(change).room))
        except Refused as refusal:
            if not _is_shown(request, refusal):
                return _refuse(request, refusal, found.room)
            form.add_error("name", gettext(refusal.detail.text))
            return _page(request, member, found, form, status=409)
    if not is_for_people(request):
        return JsonResponse({"errors": form.errors}, status=422)
    return _page(request, member, found, form, status=422)


@require_POST
@change_view
def archive(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """Make the room read-only, or open it again. Raises TooFast."""
    found = _find(member, room_name, Action.ARCHIVE)
    form = ArchiveForm(request.POST)
    form.is_valid()
    rates.count(request, member, TOPIC)
    archived: bool = form.cleaned_data["archived"]
    try:
        _append(SetArchived(found.room.pk, member.pk, archived))
    except Refused as refusal:
        return _refuse(request, refusal, found.room)
    return _answer(request, _settings_path(found.room))


@no_cache
@require_http_methods(["GET", "HEAD", "POST"])
@change_view
def delete(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """Delete the room; the GET asks for its name."""
    found = _find(member, room_name, Action.DELETE_ROOM)
    form = DeleteRoomForm(found.room, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            appended = _append(DeleteRoom(found.room.pk, member.pk))
        except Refused as refusal:
            return _refuse(request, refusal, found.room)
        _log(member, found, appended.room)
        return _answer(request, reverse("index"))
    if form.is_bound and not is_for_people(request):
        return JsonResponse({"errors": form.errors}, status=422)
    context = {"form": form, "room": found.room}
    return render(
        request, "chat/settings/delete_room.html", context, status=422 if form.is_bound else 200
    )


def _find(member: Member, room_name: str, action: Action) -> Found:
    """The room, in which the member may do this. Raises RoomNotFound and PermissionDenied."""
    _, found = doors.find(member, room_name)
    if found is None:
        raise doors.RoomNotFound
    if not found.may(member, action):
        raise PermissionDenied
    return found


def _append(change: Change) -> Settled:
    return runtime.append_from_sync(change)


def _settings_path(room: Room) -> str:
    return f"{reverse('room', args=[room.address])}settings/"


def _answer(request: HttpRequest, path: str) -> HttpResponse:
    return redirect(path) if is_for_people(request) else HttpResponse(status=204)


def _is_shown(request: HttpRequest, refusal: Refused) -> bool:
    """Whether the person is to choose another name."""
    return is_for_people(request) and refusal.code == NAME_TAKEN[0]


def _refuse(request: HttpRequest, refusal: Refused, room: Room) -> HttpResponse:
    """An error for programs, a page for people. Raises RoomNotFound and PermissionDenied."""
    status = STATUSES.get(refusal.code, LATER)
    detail = gettext(refusal.detail.text) % refusal.detail.values
    if refusal.code == GONE[0]:
        raise doors.RoomNotFound
    if not is_for_people(request):
        error = {"code": refusal.code, "detail": detail}
        return JsonResponse({"error": error}, status=status)
    if refusal.code == NOTHING_CHANGES[0]:
        return redirect(_settings_path(room))
    if refusal.code == NOT_YOURS_TO_CHANGE[0]:
        raise PermissionDenied
    return render(request, "chat/settings/refused.html", {"detail": detail}, status=status)


def _page(
    request: HttpRequest, member: Member, found: Found, form: RenameRoomForm, status: int
) -> HttpResponse:
    context = {"keeping": section(member, found, form)}
    return render(request, "chat/settings/rename_room.html", context, status=status)


def _log(member: Member, found: Found, room: Room) -> None:
    """Operators find in the admin's log who deleted a room of others."""
    if found.standing.role is None and member.user_id is not None:
        LogEntry.objects.log_actions(member.user_id, [room], DELETION, "Deleted the room.")
