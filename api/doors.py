"""Who asks, by a token, and which rooms they may read. Answers that can be asked for again."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar, cast

import msgspec
from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from ninja.security import HttpBearer

from api import problems
from api.problems import NotFound
from chat import policy, runtime
from chat.access import Found
from chat.journal import Refused
from chat.journal.changes import BANNED, KNOCK_FIRST
from chat.live.speaking import NOT_IN_SCOPE, Speaking
from chat.models import Member, RoomNameError, Scope, parse_address
from chat.policy import Action
from chat.programs import tokens
from chat.programs.tokens import Program
from chat.protocol import Translatable
from chat.web import log_ids
from chat.web.requests import network

NOT_ACTIVE = "not_allowed", Translatable("Nobody can speak as this person now.")
OTHER = "changed", Translatable("This is not what If-Match names.")

P = ParamSpec("P")
T = TypeVar("T")


class ProgramRequest(HttpRequest):
    """A request whose program is known, as it was before the revocations after `since`."""

    auth: Program
    since: int


class TokenAuth(HttpBearer):
    """`Authorization: Bearer lobby_…`"""

    async def authenticate(self, request: HttpRequest, token: str) -> Program | None:
        """Raises Refused where nobody may speak as the token's member now."""
        cast(ProgramRequest, request).since = await runtime.current().revocations.cursor()
        program = await in_thread(_find, token)
        if program is None:
            return None
        log_ids.note(member=str(program.member.uid))
        if not policy.may_enter(program.member):
            raise Refused(*NOT_ACTIVE)
        return program


def _find(secret: str) -> Program | None:
    program = tokens.find(secret)
    if program and not program.token.is_use_noted:
        tokens.note_use(program)
    return program


def bad_token(request: HttpRequest) -> HttpResponse:
    """The token is no longer valid."""
    return problems.bad_token(request, None)


def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
    """Run on a thread of pages, of which there are a few."""
    return sync_to_async(work, thread_sensitive=True)(*args, **kwargs)


def program_of(request: HttpRequest) -> Program:
    """Who asks."""
    return cast(ProgramRequest, request).auth


def since(request: HttpRequest) -> int:
    """The revocation after which those come that say something new of the program."""
    return cast(ProgramRequest, request).since


def allow(request: HttpRequest, scope: Scope) -> Program:
    """Who asks. Raises Refused where the token has not this scope."""
    program = program_of(request)
    if not program.may(scope):
        raise Refused(*NOT_IN_SCOPE)
    return program


def find(program: Program, room: str) -> Found:
    """The room that a program may read. Raises NotFound and Refused. Blocks."""
    try:
        found = program.find(parse_address(room))
    except RoomNameError:
        raise NotFound from None
    if found is None:
        raise NotFound
    log_ids.note(room=found.room.pk)
    if found.may(program.member, Action.READ):
        return found
    if found.standing.is_banned:
        raise Refused(*BANNED)
    raise Refused(*KNOCK_FIRST) if found.standing.is_waiting else NotFound


def speaking(request: HttpRequest, member: Member, found: Found) -> Speaking:
    """What a program says goes through the same door as what a browser says."""
    current = runtime.current()
    token = program_of(request).token
    return Speaking(current.journal, current.rates, found.room, member, network(request), token)


def answer(request: HttpRequest, content: Any, status: int = 200) -> HttpResponse:
    """JSON with an ETag: 304 for who has it."""
    body = msgspec.json.encode(content)
    response = HttpResponse(body, status=status, content_type="application/json")
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Authorization"
    etag = etag_of(body)
    response["ETag"] = etag
    if request.method != "GET":
        return response
    response = get_conditional_response(request, etag=etag, response=response) or response
    is_other = response.status_code == HTTPStatus.PRECONDITION_FAILED
    return problems.answer(request, response.status_code, *OTHER) if is_other else response


def etag_of(body: bytes) -> str:
    """The same for the same bytes."""
    return f'"{sha256(body).hexdigest()[:32]}"'
