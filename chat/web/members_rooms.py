"""/chat/new/members: makes a members room, with people in it."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chat import policy, runtime
from chat.journal import Refused
from chat.journal.roster_changes import Begin
from chat.live.rates import PERSON_SEARCH, ROOM
from chat.models import Member, Room, RoomKind
from chat.models.member_name import clean_name
from chat.models.message import clean_topic
from chat.models.room_name_faults import NAME_MAX_CHARACTERS
from chat.protocol import TOPIC_MAX_CHARACTERS, InvalidText
from chat.web import rates
from chat.web.guests import account_view
from chat.web.people_forms import PeopleForm
from chat.web.refusals import in_words

ROOM_BYTES, PERSON_BYTES = 2_000, 1_000  # that the database grows by


class MembersRoomForm(PeopleForm):
    """A new members room: its name, its topic, and who is in it beside its maker."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=2 * NAME_MAX_CHARACTERS,  # before spaces are joined
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    topic = forms.CharField(
        label=gettext_lazy("Topic"),
        max_length=TOPIC_MAX_CHARACTERS,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("name", "topic", "people", "who")
    needs_people = False

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"], NAME_MAX_CHARACTERS)

    def clean_topic(self) -> str:
        try:
            return clean_topic(self.cleaned_data["topic"])
        except InvalidText as error:
            raise forms.ValidationError(in_words(error.detail)) from None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@account_view
def new_members_room(request: HttpRequest, member: Member) -> HttpResponse:
    """Make a members room, and lead to it. A GET shows the form. Raises TooFast."""
    if not policy.may_begin_private_rooms(member):
        raise PermissionDenied
    if request.POST.get("who"):
        rates.count(request, member, PERSON_SEARCH)
    form = MembersRoomForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (room := _make(request, member.ensure_saved(), form)):
        return redirect("room", room.address)
    status = 422 if form.is_bound else 200
    return render(request, "chat/new_members_room.html", {"form": form}, status=status)


def _make(request: HttpRequest, member: Member, form: MembersRoomForm) -> Room | None:
    people = [it for it in form.chosen if it.pk != member.pk]
    rates.count(request, member, ROOM, bytes=ROOM_BYTES + PERSON_BYTES * len(people))
    fields = {it: form.cleaned_data[it] for it in ("name", "topic")}
    try:
        return begin(RoomKind.MEMBERS, member, people, **fields)
    except Refused as refusal:
        form.add_error(None, in_words(refusal.detail))
        return None


def begin(kind: RoomKind, member: Member, people: list[Member], **fields: Any) -> Room:
    """Make a room that is not open, with these people in it. Raises Refused; then there is none."""
    room = Room.new_private(kind, **fields)
    room.save()
    try:
        runtime.append_from_sync(Begin(room.pk, member.pk, tuple(it.pk for it in people)))
    except Exception:
        Room.objects.filter(pk=room.pk, version=0).delete()
        raise
    return room
