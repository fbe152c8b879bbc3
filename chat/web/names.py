"""A new name: stored, shown at once, and told where the person has spoken lately."""

import asyncio
import logging
from collections.abc import Iterable
from uuid import uuid4

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from chat import runtime
from chat.journal import Post, Refused
from chat.journal.activity import ROOM_CHANGED
from chat.journal.read import queries
from chat.live.rates import GUEST, NAME
from chat.models import Member, Room, Subscription, direct_rooms
from chat.models.event import event_text, renamed
from chat.models.message import Kind
from chat.web import rates
from chat.web.forms import NameForm
from chat.web.guests import change_view

TOLD_ROOMS = 10  # where a new name is told
LISTED_MAX = 1_000  # people with a room in their list: others are told with their next page
LINE_BYTES = 700  # that the database grows by for the line in a room

logger = logging.getLogger(__name__)


@require_POST
@change_view
def new_name(request: HttpRequest, member: Member) -> HttpResponse:
    """Take a new name. Answers {"name": …}, or 422 with {"errors": {…}}."""
    form = NameForm(request.POST, member=member)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    rename(request, member, form.cleaned_data["name"])
    return JsonResponse({"name": member.name})


def rename(request: HttpRequest, member: Member, name: str) -> None:
    """Rename a member, who is stored with the first name. Raises TooFast."""
    before = member.name
    if name == before:
        return
    rooms = queries.rooms_spoken_in(member, TOLD_ROOMS) if member.is_saved else []
    newcomer = [] if member.is_saved else [GUEST]
    rates.count(request, member, NAME, *newcomer, bytes=LINE_BYTES * len(rooms))
    if member.rename(name):
        async_to_sync(_tell)(member, before, rooms)
        tell_beside(member)


def tell(member: Member, before: str) -> None:
    """Tell a name that is stored already."""
    async_to_sync(_tell)(member, before, queries.rooms_spoken_in(member, TOLD_ROOMS))
    tell_beside(member)


def tell_beside(member: Member) -> None:
    """Tell those in direct rooms with a member, where others see their name and picture."""
    if rooms := direct_rooms.of_member(member):
        async_to_sync(_refresh)(rooms, direct_rooms.uids_beside(member))


def tell_picture(member: Member) -> None:
    """Tell a picture that is stored already, where the person is: later messages have it."""
    async_to_sync(_tell_presence)(member)
    tell_beside(member)


def tell_room(room: Room) -> None:
    """Tell those who are in a room, or have it in their list, what has changed of it."""
    async_to_sync(_refresh)([room.pk], _listing(room))


def _listing(room: Room) -> list[str]:
    subscriptions = Subscription.objects.filter(room=room, kept_at__isnull=False)
    latest = subscriptions.order_by("-visited_at")[:LISTED_MAX]
    return [str(it) for it in latest.values_list("member__uid", flat=True)]


async def _tell_presence(member: Member) -> None:
    await runtime.current().presence.publish_name(member)


async def _refresh(rooms: Iterable[int], beside: Iterable[str]) -> None:
    current = runtime.current()
    for room in rooms:
        current.bus.publish(ROOM_CHANGED, str(room), [True])
    await current.sidebars.publish_changes_now(beside)


async def _tell(member: Member, before: str, rooms: Iterable[Room]) -> None:
    current = runtime.current()
    await current.presence.publish_name(member)
    lines = [current.journal.append(_line(member, before, room)) for room in rooms]
    for outcome in await asyncio.gather(*lines, return_exceptions=True):
        if isinstance(outcome, Refused):
            logger.warning("member %s: a new name was not told: %s", member.pk, outcome.code)
        elif isinstance(outcome, BaseException):
            raise outcome
    await current.journal.flush()


def _line(member: Member, before: str, room: Room) -> Post:
    event = renamed(before, member.name)
    return Post(room.pk, member.pk, uuid4(), event_text(event), kind=Kind.EVENT, event=event)
