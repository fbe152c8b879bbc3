"""Search, as the page has it."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from api import doors, types
from api.documents import one
from api.problems import BadField
from chat import runtime
from chat.live.rates import SEARCH, Client
from chat.models import Scope
from chat.programs.tokens import Program
from chat.protocol import Translatable
from chat.search import query as queries
from chat.search import searching
from chat.search.pages import NoSuchPlace, Place
from chat.search.query import InvalidQuery
from chat.web.requests import network
from chat.web.search.door import PAGE_RESULTS, described, place_in
from chat.web.time_zones import zone_of

QUERY_MAX_CHARACTERS, ADDRESS_MAX_CHARACTERS, PLACE_MAX_CHARACTERS = 256, 256, 64
NO_SUCH_PLACE = Translatable("No page of results ends there.")
WHICH_ROOM = Translatable("This token is for some rooms: name one of them.")

router = Router(tags=["search"])


@router.get("/search", openapi_extra=one(types.Hits), summary="Find messages")
async def search(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=QUERY_MAX_CHARACTERS)],
    room: Annotated[str, Query(max_length=ADDRESS_MAX_CHARACTERS)] = "",
    before: Annotated[str, Query(max_length=PLACE_MAX_CHARACTERS)] = "",
) -> HttpResponse:
    """The newest messages that have what is asked for, in the member's rooms, or in one of them.
    A token that is not for all rooms has to name one."""
    program = doors.allow(request, Scope.READ)
    client = Client(str(program.member.uid), network(request), is_guest=program.member.is_guest)
    await runtime.current().rates.count(client, SEARCH)
    return doors.answer(request, await doors.in_thread(_find, program, q, room, before))


def _find(program: Program, q: str, room: str, before: str) -> types.Body:
    """Raises BadField, NotFound and Refused."""
    if not room and program.token.rooms is not None:
        raise BadField("room", WHICH_ROOM)
    found = doors.find(program, room) if room else None
    try:
        place = Place.parse(before) if before else None
        query = queries.parse(q, now=timezone.now(), zone=zone_of(program.member))
        results = searching.search(program.member, query, found, place, limit=PAGE_RESULTS)
    except InvalidQuery as error:
        raise BadField("q", error.detail, error.code) from None
    except NoSuchPlace:
        raise BadField("before", NO_SUCH_PLACE) from None
    return {
        "results": [described(it) for it in results.results],
        "more": results.more,
        "before": place_in(results),
    }
