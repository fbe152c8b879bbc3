"""Messages: read as pages of history have them, changed by the door that sockets have."""

from collections.abc import Iterable
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from ninja import Header, Query, Router, Schema
from pydantic import Field

from api import doors, types
from api.documents import answers, one
from api.fields import SEQ_MAX, Body, Seq, SeqInPath
from api.problems import BadField, NotFound, Problem
from chat.access import Found
from chat.journal import Appended, Entry, Refused
from chat.journal.changes import CHANGED, NO_SUCH_MESSAGE
from chat.journal.changes import Files as FilesOf
from chat.journal.read import queries
from chat.journal.read.view import view_of
from chat.models import Member, Scope
from chat.models.file import clean_alts
from chat.models.message import Kind
from chat.programs.tokens import Program
from chat.protocol import (
    ALT_MAX_CHARACTERS,
    FILES_MAX,
    TEXT_MAX_CHARACTERS,
    MessageState,
    Translatable,
)

PAGE_MESSAGES, PAGE_MESSAGES_MAX = 50, 200
ONE_POSITION = Translatable("Use only one of before, after and around.")

Alt = Annotated[str, Field(max_length=ALT_MAX_CHARACTERS)]

router = Router(tags=["messages"])


class NewMessage(Body):
    """`id` is the program's choice: sent again, it posts nothing new. With `files`, ids of the
    member's own in this room, `text` may be empty."""

    id: UUID
    text: Annotated[str, Field(max_length=TEXT_MAX_CHARACTERS)] = ""
    reply_to: Seq | None = None
    kind: Literal["text", "action", "topic"] = "text"
    files: Annotated[list[UUID], Field(max_length=FILES_MAX)] = []
    alts: Annotated[dict[UUID, Alt], Field(max_length=FILES_MAX)] = {}


class EditedMessage(Body):
    """`files` are those that stay, without it all of them. `"card": false` takes the card of the
    message's link away."""

    text: Annotated[str, Field(max_length=TEXT_MAX_CHARACTERS)]
    files: Annotated[list[UUID], Field(max_length=FILES_MAX)] | None = None
    alts: Annotated[dict[UUID, Alt], Field(max_length=FILES_MAX)] = {}
    card: bool = True


class Page(Schema):
    before: Seq | None = None
    after: Annotated[int, Field(ge=0, le=SEQ_MAX)] | None = None
    around: Seq | None = None
    limit: Annotated[int, Field(ge=1, le=PAGE_MESSAGES_MAX)] = PAGE_MESSAGES


IfMatch = Annotated[str | None, Header(alias="If-Match")]

SHOWN = MessageState | types.Stored
CHANGED_ANSWERS = answers(
    {
        200: ("OK", SHOWN),
        412: ("The message is not the one that `If-Match` names: it has changed", Problem),
    }
)
POSTED = answers(
    {
        201: ("Posted", SHOWN),
        200: ("Posted before, with this id", SHOWN),
        202: ("Waits for a moderator", Problem),
    }
)


@router.get("/rooms/{room}/messages", openapi_extra=one(types.Messages), summary="List messages")
async def list_messages(request: HttpRequest, room: str, page: Query[Page]) -> HttpResponse:
    """The newest messages, or those before, after or around a seq: one of them. A page ends early
    when its messages exceed 256 KiB: `more` and `newer` count, not the number."""
    program = doors.allow(request, Scope.READ)
    if sum(it is not None for it in (page.before, page.after, page.around)) > 1:
        raise BadField("before", ONE_POSITION)
    return doors.answer(request, await doors.in_thread(_page, program, room, page))


@router.post("/rooms/{room}/messages", openapi_extra=POSTED, summary="Post a message")
async def post_message(request: HttpRequest, room: str, message: NewMessage) -> HttpResponse:
    """Idempotent by `id`, at any time while the message is kept, and over any connection."""
    program = doors.allow(request, Scope.POST)
    found = await doors.in_thread(doors.find, program, room)
    speaking = doors.speaking(request, program.member, found)
    files = FilesOf(tuple(message.files), clean_alts(message.alts))
    kind = Kind(message.kind)
    posted = await speaking.post(message.id, message.text, message.reply_to, kind, files)
    status = 200 if posted.is_duplicate else 201
    return _stored(request, program.member, found, posted, status)


@router.get(
    "/rooms/{room}/messages/{seq}", openapi_extra=one(MessageState), summary="Get a message"
)
async def get_message(request: HttpRequest, room: str, seq: SeqInPath) -> HttpResponse:
    """The state of one message, also of a deleted one."""
    program = doors.allow(request, Scope.READ)
    return doors.answer(request, await doors.in_thread(_message, program, room, seq))


@router.patch(
    "/rooms/{room}/messages/{seq}", openapi_extra=CHANGED_ANSWERS, summary="Edit a message"
)
async def edit_message(
    request: HttpRequest,
    room: str,
    seq: SeqInPath,
    message: EditedMessage,
    if_match: IfMatch = None,
) -> HttpResponse:
    """A message of the member's own. The earlier text is kept for moderators. With `If-Match`, the
    message is edited only if its `ETag` is still that one."""
    program = doors.allow(request, Scope.POST)
    found = await doors.in_thread(doors.find, program, room)
    version = await _version(request, room, seq, if_match)
    kept = None if message.files is None else tuple(message.files)
    speaking = doors.speaking(request, program.member, found)
    files = FilesOf(kept, clean_alts(message.alts))
    keeps_card = message.card
    edited = await speaking.edit(seq, message.text, files, keeps_card=keeps_card, version=version)
    return _stored(request, program.member, found, edited)


@router.delete(
    "/rooms/{room}/messages/{seq}", openapi_extra=CHANGED_ANSWERS, summary="Delete a message"
)
async def delete_message(
    request: HttpRequest, room: str, seq: SeqInPath, if_match: IfMatch = None
) -> HttpResponse:
    """The member's own, with the scope `post`; those of others, where the member may, with the
    scope `moderate`. Its place stays, without what was said. `If-Match` is as for an edit."""
    program = doors.program_of(request)
    found = await doors.in_thread(doors.find, program, room)
    version = await _version(request, room, seq, if_match)
    deleted = await doors.speaking(request, program.member, found).delete(seq, version=version)
    return _stored(request, program.member, found, deleted)


@router.put(
    "/rooms/{room}/messages/{seq}/reactions/{emoji}",
    openapi_extra=one(SHOWN),
    summary="React to a message",
)
async def add_reaction(request: HttpRequest, room: str, seq: SeqInPath, emoji: str) -> HttpResponse:
    """Again, it changes nothing."""
    return await _react(request, room, seq, emoji, on=True)


@router.delete(
    "/rooms/{room}/messages/{seq}/reactions/{emoji}",
    openapi_extra=one(SHOWN),
    summary="Take a reaction back",
)
async def remove_reaction(
    request: HttpRequest, room: str, seq: SeqInPath, emoji: str
) -> HttpResponse:
    """Again, it changes nothing."""
    return await _react(request, room, seq, emoji, on=False)


async def _react(
    request: HttpRequest, room: str, seq: int, emoji: str, *, on: bool
) -> HttpResponse:
    program = doors.allow(request, Scope.POST)
    found = await doors.in_thread(doors.find, program, room)
    speaking = doors.speaking(request, program.member, found)
    reacted = await speaking.append(await speaking.react(seq, emoji, on=on))
    return _stored(request, program.member, found, reacted)


# --- reading ------------------------------------------------------------------------------------


def _page(program: Program, room: str, page: Page) -> types.Body:
    found = doors.find(program, room)
    member, pk, view = program.member, found.room.pk, view_of(program.member, found)
    fields: types.Body = {}
    if page.around is not None:
        entries, more, newer = queries.page_around(pk, page.limit, page.around, view=view)
        fields["newer"] = newer
    elif page.after is not None:
        entries, newer = queries.page_after(pk, page.limit, page.after, view=view)
        more, fields["newer"] = page.after > 0, newer
    else:
        entries, more = queries.page(pk, page.limit, page.before, view=view)
    if reacted := queries.reacted(member, pk, entries):
        fields["reacted"] = [types.OwnReaction(*it) for it in reacted]
    return {"messages": _raw(entries), "more": more, **fields}


def _message(program: Program, room: str, seq: int) -> msgspec.Raw:
    return _raw([_entry(program, room, seq)])[0]


def _entry(program: Program, room: str, seq: int) -> Entry:
    found = doors.find(program, room)
    entries, _ = queries.at_seqs(found.room.pk, [seq], view=view_of(program.member, found))
    if not entries:
        raise NotFound(NO_SUCH_MESSAGE)
    return entries[0]


async def _version(request: HttpRequest, room: str, seq: int, if_match: str | None) -> int | None:
    """The version of the message that a change is for; None: whichever it is at.

    The write door asks again. Raises Refused where the message is another one by now, or the token
    may not read: whether it is another one says what it says.
    """
    if if_match is None:
        return None
    program = doors.allow(request, Scope.READ)
    entry = await doors.in_thread(_entry, program, room, seq)
    named = parse_etags(if_match)
    if "*" not in named and doors.etag_of(entry.json.encode()) not in named:
        raise Refused(*CHANGED)
    return entry.version


def _raw(entries: Iterable[Entry]) -> list[msgspec.Raw]:
    return [msgspec.Raw(it.json.encode()) for it in entries]


# --- changing -----------------------------------------------------------------------------------


def _stored(
    request: HttpRequest, member: Member, found: Found, appended: Appended, status: int = 200
) -> HttpResponse:
    """The message as it stands now, as far as the member sees it, and the token may read it."""
    entries = view_of(member, found).of_entries([appended.entry])
    if not entries:
        raise NotFound(NO_SUCH_MESSAGE)
    if not doors.program_of(request).may(Scope.READ):
        return doors.answer(request, _place_of(entries[0]), status)
    return doors.answer(request, _raw(entries)[0], status)


def _place_of(entry: Entry) -> types.Stored:
    return types.Stored(entry.seq, entry.version)
