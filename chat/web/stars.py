"""Stars: rooms that a member always finds at the top of the list."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from chat import runtime
from chat.models import Member, Subscription
from chat.web import doors
from chat.web.forms import StarForm
from chat.web.guests import change_view


@require_POST
@change_view
def star(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """Star the room for the member, or take the star away. Answers 204, also where it stands so."""
    form = StarForm(request.POST)
    room = doors.find_room(member, room_name)
    if form.is_valid() and room and member.is_saved:
        Subscription.objects.set_starred(member, room, starred=form.cleaned_data["starred"])
        runtime.publish_rooms_from_sync(member)
    return HttpResponse(status=204)
