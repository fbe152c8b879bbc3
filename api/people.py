"""Who belongs to a room, and who is there now."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from api import doors, types
from api.documents import one
from chat import runtime
from chat.journal import Refused
from chat.live.room_states import roster_person
from chat.models import Membership, Scope
from chat.policy import Action
from chat.programs.tokens import Program

PAGE_PEOPLE, PAGE_PEOPLE_MAX = 100, 200
OFFSET_MAX = 100_000

router = Router(tags=["people"])


@router.get(
    "/rooms/{room}/members", openapi_extra=one(types.Members), summary="List members of a room"
)
async def list_members(
    request: HttpRequest,
    room: str,
    offset: Annotated[int, Query(ge=0, le=OFFSET_MAX)] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_PEOPLE_MAX)] = PAGE_PEOPLE,
) -> HttpResponse:
    """Who is in a room that is not open; of an open room, who has a role there."""
    program = doors.allow(request, Scope.READ)
    found = await doors.in_thread(_members, program, room, offset, limit)
    return doors.answer(request, found)


@router.get(
    "/rooms/{room}/presence", openapi_extra=one(types.Present), summary="Who is in a room now"
)
async def get_presence(request: HttpRequest, room: str) -> HttpResponse:
    """Whose page or program is connected: the count, and at most 50 of them."""
    program = doors.allow(request, Scope.READ)
    found = await doors.in_thread(doors.find, program, room)
    if not found.may(program.member, Action.SEE_PEOPLE):
        raise Refused(*doors.SCOPE)
    current = runtime.current()
    async with current.journal.listen(found.room):
        count, people = await current.presence.look(found.room)
    return doors.answer(request, types.Present(count, people))


def _members(program: Program, room: str, offset: int, limit: int) -> types.Members:
    found = doors.find(program, room)
    if not found.may(program.member, Action.SEE_PEOPLE):
        raise Refused(*doors.SCOPE)
    memberships = Membership.objects.filter(room=found.room)
    shown = memberships.by_rank()[offset : offset + limit]
    return types.Members(memberships.count(), [roster_person(it) for it in shown])
