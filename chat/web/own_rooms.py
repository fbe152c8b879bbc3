"""A member's own state in a room: in the list, muted, starred."""

from collections.abc import Callable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST

from chat import runtime
from chat.models import Member, Subscription
from chat.web import doors
from chat.web.forms import KeepForm, MuteForm, StarForm
from chat.web.guests import change_view


def _change(
    form_class: type[forms.Form], change: Callable[..., None]
) -> Callable[..., HttpResponseBase]:
    """A POST that changes the state as its form says. Answers 204, also where nothing changes."""

    @require_POST
    @change_view
    def view(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
        form = form_class(request.POST)
        room = doors.find_room(member, room_name)
        if form.is_valid() and room and member.is_saved:
            change(member, room, **form.cleaned_data)
            runtime.publish_rooms_from_sync(member)
        return HttpResponse(status=204)

    return view


mute = _change(MuteForm, Subscription.objects.set_muted)
star = _change(StarForm, Subscription.objects.set_starred)
keep = _change(KeepForm, Subscription.objects.keep)  # after `leave`, with what the state was
leave = _change(forms.Form, Subscription.objects.leave)
