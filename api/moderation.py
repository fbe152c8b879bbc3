"""Muting and banning in a room. The write door decides, as for moderators on the page."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from api import doors
from api.documents import answers
from api.fields import Body
from chat.access import Found
from chat.journal import Change
from chat.journal.roster_changes import Ban, Lift, Mute
from chat.models import Member, SanctionKind, Scope
from chat.models.moderation_act import WHY_MAX_CHARACTERS
from chat.models.sanction import end_after
from chat.programs.tokens import Program
from chat.web.moderation.forms import SECONDS_MAX

NOBODY = 0  # a primary key that no member has: refused as those whom the program may do nothing to

PersonInPath = Annotated[UUID, Path()]
Why = Annotated[str, Field(max_length=WHY_MAX_CHARACTERS)]
WhyInQuery = Annotated[str, Query(max_length=WHY_MAX_CHARACTERS)]

DONE = answers({204: ("Done", None)})

router = Router(tags=["moderation"])


class Terms(Body):
    """For how many seconds; 0: until somebody lifts it. `why` is told to the person, and logged."""

    seconds: Annotated[int, Field(ge=0, le=SECONDS_MAX)]
    why: Why = ""


@router.post("/rooms/{room}/members/{id}/mute", openapi_extra=DONE, summary="Mute a person")
async def mute_person(
    request: HttpRequest, room: str, id: PersonInPath, terms: Terms
) -> HttpResponse:
    """The person may only read until then. Again, the new terms count."""
    return await _sanction(request, room, id, terms, Mute)


@router.delete("/rooms/{room}/members/{id}/mute", openapi_extra=DONE, summary="End a mute")
async def unmute_person(
    request: HttpRequest, room: str, id: PersonInPath, why: WhyInQuery = ""
) -> HttpResponse:
    """The person may speak again. 409 where nobody muted them in this room."""
    return await _lift(request, room, id, SanctionKind.MUTE, why)


@router.post("/rooms/{room}/members/{id}/ban", openapi_extra=DONE, summary="Ban a person")
async def ban_person(
    request: HttpRequest, room: str, id: PersonInPath, terms: Terms
) -> HttpResponse:
    """The person may not be in the room until then, and leaves it. Again, the new terms count."""
    return await _sanction(request, room, id, terms, Ban)


@router.delete("/rooms/{room}/members/{id}/ban", openapi_extra=DONE, summary="End a ban")
async def unban_person(
    request: HttpRequest, room: str, id: PersonInPath, why: WhyInQuery = ""
) -> HttpResponse:
    """The person may come again. 409 where nobody banned them from this room."""
    return await _lift(request, room, id, SanctionKind.BAN, why)


async def _sanction(
    request: HttpRequest, room: str, id: UUID, terms: Terms, sanction: type[Mute | Ban]
) -> HttpResponse:
    program, found, person = await _look_up(request, room, id)
    until, why = end_after(terms.seconds), _cleaned(terms.why)
    change = sanction(found.room.pk, program.member.pk, person, until, why)
    return await _settle(request, program, found, change)


async def _lift(
    request: HttpRequest, room: str, id: UUID, kind: SanctionKind, why: str
) -> HttpResponse:
    program, found, person = await _look_up(request, room, id)
    change = Lift(found.room.pk, program.member.pk, person, kind, _cleaned(why))
    return await _settle(request, program, found, change)


async def _look_up(request: HttpRequest, room: str, id: UUID) -> tuple[Program, Found, int]:
    program = doors.allow(request, Scope.MODERATE)
    found = await doors.in_thread(doors.find, program, room)
    return program, found, await doors.in_thread(_person, id)


def _person(id: UUID) -> int:
    return Member.objects.filter(uid=id).values_list("pk", flat=True).first() or NOBODY


async def _settle(
    request: HttpRequest, program: Program, found: Found, change: Change
) -> HttpResponse:
    await doors.speaking(request, program.member, found).moderate(change)
    return HttpResponse(status=204)


def _cleaned(why: str) -> str:
    return why.replace("\0", "").strip()  # PostgreSQL stores none
