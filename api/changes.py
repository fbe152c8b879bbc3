"""Changes after a named cursor that is kept: asked for, waited for, or as server-sent events."""

import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import Path, Query, Router
from pydantic import Field

from api import doors, types
from api.documents import answers, one
from api.fields import SEQ_MAX, Body
from api.problems import BadField, NotFound
from chat import runtime
from chat.journal import Refused
from chat.live.revocations import OpenSocket, Revoked
from chat.live.speaking import NOT_IN_SCOPE
from chat.models import ProgramCursor, Scope
from chat.models.program_cursor import (
    CURSORS_MAX,
    NAME_MAX_CHARACTERS,
    Positions,
    TooManyCursors,
)
from chat.programs import cursors, tokens
from chat.programs.cursors import Answer
from chat.programs.described import described
from chat.programs.tokens import Program
from chat.programs.waiting import Waiter
from chat.protocol import Close, Translatable
from chat.web.requests import network

WAIT_MAX_SECONDS = 60
STREAM_SECONDS = 15 * 60  # then a stream ends, and its program asks again
HEARTBEAT_SECONDS = 15
PASSES_MAX = 20  # over what is not for the program, in one answer
ANY_ROOM = 0  # a token is revoked for all rooms at once
ACKED_MAX = 1_000  # rooms in one acknowledgement
NAME = r"^[A-Za-z0-9._-]+$"
STREAM = "text/event-stream"

NO_SUCH_CURSOR = "no_such_cursor", Translatable("There is no such cursor. Ask for changes first.")
FULL = Translatable("There can be at most %(limit)s cursors.", limit=CURSORS_MAX)

Name = Annotated[str, Field(pattern=NAME, max_length=NAME_MAX_CHARACTERS)]
NameInPath = Annotated[str, Path(pattern=NAME, max_length=NAME_MAX_CHARACTERS)]
Version = Annotated[int, Field(ge=0, le=SEQ_MAX)]

router = Router(tags=["changes"])


class Position(Body):
    epoch: UUID
    version: Version


class Acked(Body):
    """What the program has, as `positions` of an answer had it."""

    positions: Annotated[dict[UUID, Position], Field(max_length=ACKED_MAX)]


class Wanted(Body):
    cursor: Name
    wait: Annotated[int, Field(ge=0, le=WAIT_MAX_SECONDS)] = 0
    begin: Literal["now", "start"] = "now"
    own: bool = False


@router.get("/changes", openapi_extra=one(types.Changes), summary="Get changes")
async def get_changes(request: HttpRequest, wanted: Query[Wanted]) -> HttpResponseBase:
    """What lies after the cursor of this name, in all rooms of the token: posts, edits, deletions,
    reactions, who came and went. A new cursor begins now, or at the start. With `wait`, the answer
    comes at the first change, or after so many seconds. It is sent again until it is acknowledged:
    (room, epoch, version) is the same. What the member itself wrote comes with `own` alone. With
    `Accept: text/event-stream`, the changes are server-sent events."""
    program = doors.allow(request, Scope.READ)
    reading = await Reading.begin(request, program, wanted)
    if request.get_preferred_type(["application/json", STREAM]) == STREAM:
        async with reading.held():  # a stream that may not be opened is refused with a status
            await reading.check()
        return doors.bad_token(request) if reading.is_revoked else _stream(reading)
    if wanted.wait:
        async with reading.held():
            answer = await reading.next(wanted.wait)
    else:
        answer = await reading.read()
    if reading.is_revoked:
        return doors.bad_token(request)
    return doors.answer(request, described(answer))


@router.delete(
    "/changes/{name}",
    openapi_extra=answers({204: ("Forgotten", None)}),
    summary="Forget a cursor",
)
async def forget_cursor(request: HttpRequest, name: NameInPath) -> HttpResponse:
    """Makes room for another one. A token for some rooms forgets those that are in these alone."""
    program = doors.allow(request, Scope.READ)
    await doors.in_thread(_forget, program, name)
    return HttpResponse(status=204)


def _forget(program: Program, name: str) -> None:
    if not cursors.forget(program, _find(program, name)):
        raise Refused(*NOT_IN_SCOPE)


def _find(program: Program, name: str) -> ProgramCursor:
    cursor = ProgramCursor.objects.find(program.member, name)
    if cursor is None:
        raise NotFound(NO_SUCH_CURSOR)
    return cursor


@router.post(
    "/changes/{name}/ack",
    openapi_extra=answers({204: ("Acknowledged", None)}),
    summary="Acknowledge changes",
)
async def ack_changes(request: HttpRequest, name: NameInPath, acked: Acked) -> HttpResponse:
    """Moves the cursor to `positions`: what lies before them is not sent again."""
    program = doors.allow(request, Scope.READ)
    to = {str(room): [str(it.epoch), it.version] for room, it in acked.positions.items()}
    await doors.in_thread(_move, program, name, to)
    return HttpResponse(status=204)


def _move(program: Program, name: str, to: Positions) -> None:
    cursors.acknowledge(program, _find(program, name), to)


class Reading:
    """A request that reads after a cursor, perhaps for long: as long as its token is valid."""

    def __init__(
        self, request: HttpRequest, program: Program, cursor: ProgramCursor, *, own: bool
    ) -> None:
        self.client = str(program.member.uid), network(request)
        self.is_revoked = False
        self._since = doors.since(request)
        self._is_known = True  # who asks: the token was looked up just now
        self._program, self._cursor, self._own = program, cursor, own
        self._positions = dict(cursor.positions)
        self._waiter: Any = None  # while the connection is held
        self._nothing: Answer | None = None  # lay after the cursor when it was read last
        self._read_at = 0.0

    @classmethod
    async def begin(cls, request: HttpRequest, program: Program, wanted: Wanted) -> "Reading":
        """Raises BadField."""
        from_start = wanted.begin == "start"
        try:
            cursor = await doors.in_thread(
                cursors.begin, program, wanted.cursor, from_start=from_start
            )
        except TooManyCursors:
            raise BadField("cursor", FULL, "too_many_cursors") from None
        return cls(request, program, cursor, own=wanted.own)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """An open connection, as long as the block lasts; at a revocation it looks at its token.

        Raises TooFast.
        """
        current = runtime.current()
        token, uid = self._program.token, str(self._program.member.uid)
        socket = OpenSocket(uid, token.digest, None, ANY_ROOM, self._revoke, is_program=True)
        async with current.rates.connections.hold(*self.client):
            with ExitStack() as stack:
                requests = current.program_requests
                self._waiter = stack.enter_context(requests.hold(self._program.member.uid))
                try:
                    stack.enter_context(current.revocations.hold(socket, self._since))
                except Revoked:
                    self._is_known = False
                yield

    def _revoke(self, code: Close) -> None:
        """Perhaps of the token, or of its member."""
        self._is_known = False
        if self._waiter:
            self._waiter.wake()

    async def next(self, seconds: float) -> Answer:
        """What lies after the cursor; empty when nothing does for so long, or the token ends.

        In a block that holds the connection.
        """
        until = time.monotonic() + seconds
        answer = self._nothing if self._nothing and self._is_read_lately else await self.read()
        while self._waits(answer) and await self._change(answer, until):
            answer = await self.read()
        return answer

    async def _change(self, answer: Answer, until: float) -> bool:
        """Wait for a change after what was read: whether one came in time."""
        waiter: Waiter = self._waiter
        if waiter.watch(answer.rooms):
            await runtime.current().program_requests.look(answer.rooms)  # what changed before that
        return await waiter.wait(until - time.monotonic())

    def _waits(self, answer: Answer) -> bool:
        is_closing = runtime.current().program_requests.is_closing
        is_nothing = answer.is_empty and not answer.more
        return is_nothing and not self.is_revoked and not is_closing

    @property
    def _is_read_lately(self) -> bool:
        """And the token has not expired since."""
        expires_at = self._program.token.expires_at
        is_expired = expires_at is not None and expires_at <= timezone.now()
        return time.monotonic() - self._read_at < WAIT_MAX_SECONDS and not is_expired

    def go_on(self, answer: Answer) -> None:
        """The stream has sent this; the cursor itself waits for the program's word."""
        self._positions |= answer.positions

    async def check(self) -> None:
        """Look at the token again, if something may have changed."""
        if not self._is_known:
            await doors.in_thread(self._find_again)

    def _find_again(self) -> None:
        program = tokens.find_again(self._program)
        self.is_revoked = program is None
        self._program = program or self._program

    async def read(self) -> Answer:
        """What lies after the cursor now; empty if the token has ended.

        Perhaps empty with `more`, after much that is not for the program: it may ask again.
        """
        self._read_at = time.monotonic()
        answer = Answer(more=True)
        for _ in range(PASSES_MAX):
            if not (answer.is_empty and answer.more):
                break
            answer = await doors.in_thread(self._read_now)  # each time in turn with pages
        self._nothing = answer if answer.is_empty and not answer.more else None
        return answer

    def _read_now(self) -> Answer:
        if not self._is_known:
            self._find_again()
        self._is_known = False
        if self.is_revoked:
            return Answer()
        answer = cursors.read(self._program, self._positions, own=self._own)
        if answer.passed:
            self._positions |= answer.passed
            ProgramCursor.objects.move(self._cursor, answer.passed)
        return answer


def _stream(reading: Reading) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_events(reading), content_type=STREAM)
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _events(reading: Reading) -> AsyncIterator[str]:
    """An event for each answer, and a comment now and then, until the token or the process ends."""
    until = time.monotonic() + STREAM_SECONDS
    current = runtime.current()
    async with reading.held():
        yield ": begun\n\n"
        while time.monotonic() < until and not current.program_requests.is_closing:
            answer = await reading.next(HEARTBEAT_SECONDS)
            if reading.is_revoked:
                return
            if answer.is_empty:
                yield ": still here\n\n"
            else:
                data = msgspec.json.encode(described(answer)).decode()
                yield f"event: changes\ndata: {data}\n\n"
                reading.go_on(answer)
