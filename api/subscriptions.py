"""A member's own state in a room: how far it has read, and whether it is muted."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from api import doors, types
from api.documents import answers, one
from api.fields import SEQ_MAX, Body
from chat import policy, runtime
from chat.access import Found
from chat.journal import Refused
from chat.models import Scope, Subscription
from chat.programs.tokens import Program

CHANGED = answers({200: ("OK", types.Subscription), 204: ("Done, by a token that reads not", None)})

router = Router(tags=["subscriptions"])


class Changes(Body):
    """What is absent stays. The read pointer only moves forward."""

    read: Annotated[int, Field(ge=0, le=SEQ_MAX)] | None = None
    muted: bool | None = None
    starred: bool | None = None


@router.get(
    "/rooms/{room}/subscription",
    openapi_extra=one(types.Subscription),
    summary="Get the state of a room",
)
async def get_subscription(request: HttpRequest, room: str) -> HttpResponse:
    """How far the member has read, and whether the room is muted, starred, and in the list."""
    program = doors.allow(request, Scope.READ)
    found = await doors.in_thread(doors.find, program, room)
    return doors.answer(request, await doors.in_thread(_state, program, found))


@router.patch(
    "/rooms/{room}/subscription",
    openapi_extra=CHANGED,
    summary="Change the state of a room",
)
async def change_subscription(request: HttpRequest, room: str, changes: Changes) -> HttpResponse:
    """Marks the room as read up to a seq, mutes or stars it. It is in the member's list then."""
    program = doors.allow(request, Scope.POST)
    found = await doors.in_thread(doors.find, program, room)
    await doors.in_thread(_change, program, found, changes)
    current = runtime.current()
    if changes.read:
        seq = min(changes.read, found.room.version)
        current.read_pointers.move(program.member, found.room, seq, seq)
        await current.read_pointers.drain()
    await current.sidebars.publish_change_now(program.member)
    if not program.may(Scope.READ):
        return HttpResponse(status=204)
    return doors.answer(request, await doors.in_thread(_state, program, found))


def _change(program: Program, found: Found, changes: Changes) -> None:
    """Raises Refused."""
    member, room = program.member, found.room
    if not policy.may_change(member):
        raise Refused(*doors.NOT_ACTIVE)
    Subscription.objects.keep(member, room)
    if changes.muted is not None:
        Subscription.objects.set_muted(member, room, muted=changes.muted)
    if changes.starred is not None:
        Subscription.objects.set_starred(member, room, starred=changes.starred)


def _state(program: Program, found: Found) -> types.Subscription:
    state = Subscription.objects.find(program.member, found.room)
    if state is None:
        return types.Subscription(found.room.last_seq, muted=False, starred=False, kept=False)
    return types.Subscription(
        state.read_seq,
        muted=state.muted_at is not None,
        starred=state.starred_at is not None,
        kept=state.kept_at is not None,
    )
