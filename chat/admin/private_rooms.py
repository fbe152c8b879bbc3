"""What operators may do with a room that is not open: join it openly, or export it.

Both need the exact id of the room and a reason, and are logged before they happen. Whoever has an
id learns here whether there is such a room.
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from django import forms
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from chat import runtime
from chat.admin.tables import operator_of
from chat.journal import Refused, database
from chat.journal.read import queries
from chat.journal.roster_changes import JoinAsOperator
from chat.models import Member, Membership, Room, RoomId, RoomKind
from chat.models.room_address import ID_SIGN

PAGE_ENTRIES = 200  # read at once
WHY_MAX_CHARACTERS = 500

JOIN, EXPORT = "join", "export"
QUESTIONS = {
    JOIN: gettext_lazy("You become a member. Everybody in the room sees that you joined."),
    EXPORT: gettext_lazy("You receive all messages. The log says that you asked, when and why."),
}


class PrivateRoomForm(forms.Form):
    """Which room, what to do, and why."""

    room = forms.CharField(
        label=gettext_lazy("Id of the room"),
        help_text=gettext_lazy("What follows /chat/ in its address."),
        max_length=100,
    )
    what = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices={
            JOIN: gettext_lazy("Join openly"),
            EXPORT: gettext_lazy("Export as JSON Lines"),
        },
        widget=forms.RadioSelect,
    )
    why = forms.CharField(label=gettext_lazy("Reason, for the log"), max_length=WHY_MAX_CHARACTERS)

    def clean_room(self) -> RoomId:
        typed = self.cleaned_data["room"].strip().strip("/")
        return RoomId.parse(f"{ID_SIGN}{typed.removeprefix(ID_SIGN)}")


def view_for(model_admin: Any) -> Callable[[HttpRequest], HttpResponseBase]:
    """The page, which asks once more before anything is looked up."""

    def view(request: HttpRequest) -> HttpResponseBase:
        if not operator_of(request).is_operator:
            raise PermissionDenied
        form = PrivateRoomForm(request.POST or None)
        if form.is_valid() and "answer" in request.POST:
            return _do(model_admin, request, form)
        return _page(model_admin, request, form)

    return view


def _page(model_admin: Any, request: HttpRequest, form: PrivateRoomForm) -> HttpResponse:
    is_asked = form.is_bound and form.is_valid()
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("A room that is not open"),
        "opts": model_admin.model._meta,
        "form": form,
        "question": QUESTIONS[form.cleaned_data["what"]] if is_asked else "",
    }
    return render(request, "admin/chat/private_room.html", context)


def _do(model_admin: Any, request: HttpRequest, form: PrivateRoomForm) -> HttpResponseBase:
    rooms = Room.objects.exclude(kind=RoomKind.OPEN).filter(deleted_at=None)
    room = rooms.filter(key=form.cleaned_data["room"].key).first()
    if room is None:
        form.add_error("room", gettext("There is no such room."))
        return _page(model_admin, request, form)
    what = form.cleaned_data["what"]
    _log(request, room, what, form.cleaned_data["why"])
    if what == EXPORT:
        return _export(room)
    member = Member.objects.of_user(operator_of(request))
    try:
        runtime.append_from_sync(JoinAsOperator(room.pk, member.pk))
    except Refused as refusal:
        form.add_error("room", gettext(refusal.detail.text) % refusal.detail.values)
        return _page(model_admin, request, form)
    return redirect("room", room.address)


def _log(request: HttpRequest, room: Room, what: str, why: str) -> None:
    """The log names the room by its id: other operators read it."""
    done = {JOIN: gettext("Joined openly."), EXPORT: gettext("Exported.")}[what]
    LogEntry.objects.create(
        user=operator_of(request),
        content_type=ContentType.objects.get_for_model(Room),
        object_id=str(room.pk),
        object_repr=room.key,
        action_flag=CHANGE,
        change_message=f"{done} {why}",
    )


# --- the export ---------------------------------------------------------------------------------


def _export(room: Room) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_lines(room), content_type="application/jsonl")
    name = f"room-{room.uid}-{timezone.now():%Y-%m-%d}.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


async def _lines(room: Room) -> AsyncIterator[bytes]:
    """The room, who is in it, and each message as docs/protocol.md describes it: one line each."""
    yield await database.read(_head, room)
    after, more = 0, True
    while more:
        entries, more = await database.read(queries.page_after, room.pk, PAGE_ENTRIES, after)
        if entries:
            after = entries[-1].seq
            yield "".join(f"{it.json}\n" for it in entries).encode()


def _head(room: Room) -> bytes:
    memberships = Membership.objects.filter(room=room).select_related("member").order_by("pk")
    lines: list[dict[str, Any]] = [
        {
            "type": "room",
            "id": str(room.uid),
            "kind": room.kind,
            "name": room.name,
            "topic": room.topic,
            "created_at": room.created_at,
        }
    ]
    lines += [
        {"type": "member", "id": str(it.member.uid), "name": it.member.name, "role": it.role}
        for it in memberships
    ]
    return b"".join(msgspec.json.encode(it) + b"\n" for it in lines)
