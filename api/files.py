"""Files: sent as a form, found in a room, and fetched."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router

from api import doors, types
from api.documents import answers, one
from api.fields import Seq
from api.problems import BadField, NotFound
from chat.access import Found
from chat.files import rights, uploads
from chat.files.serving import respond
from chat.journal import Refused, entry
from chat.journal.changes import NO_FILES_HERE
from chat.journal.refusals import why_not
from chat.live.rates import FILE
from chat.models import File, Scope
from chat.policy import Action
from chat.programs.tokens import Program
from chat.protocol import ALT_MAX_CHARACTERS, FileState, Translatable
from chat.web import rates
from chat.web.files.door import ROW_BYTES, is_announcement
from chat.web.files.forms import FileForm
from chat.web.files.panel import described, page_of
from chat.web.files.serve import whole

NO_SUCH_FILE = "no_such_file", Translatable("There is no such file.")

SENDING: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["id", "file"],
                    "properties": {
                        "id": {"type": "string", "format": "uuid"},
                        "alt": {"type": "string", "maxLength": ALT_MAX_CHARACTERS},
                        "file": {"type": "string", "format": "binary"},
                    },
                }
            }
        },
    }
}
SENT = {**SENDING, **answers({201: ("Sent, or sent before with this id", FileState)})}
BYTES = answers({200: ("The bytes of the file, with its type", None), 206: ("A part", None)})

router = Router(tags=["files"])


@router.get("/rooms/{room}/files", openapi_extra=one(types.Files), summary="List files")
async def list_files(
    request: HttpRequest,
    room: str,
    before: Annotated[Seq | None, Query()] = None,
    kind: Literal["pictures", "documents"] | None = None,
) -> HttpResponse:
    """The files of messages that are not deleted, those of the newest message first."""
    program = doors.allow(request, Scope.READ)
    return doors.answer(request, await doors.in_thread(_page, program, room, before, kind or ""))


@router.post("/rooms/{room}/files", openapi_extra=SENT, summary="Send a file")
async def send_file(request: HttpRequest, room: str) -> HttpResponse:
    """For a message to come, which names it by the `id` that you choose. What no message has is
    removed after a day."""
    program = doors.allow(request, Scope.POST)
    return await doors.in_thread(_send, request, program, room)


@router.get("/files/{uid}", openapi_extra=BYTES, summary="Fetch a file")
async def fetch_file(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """By the id in its `url`, /files/<id>/<name>. Ranges and conditions are those of RFC 9110."""
    program = doors.allow(request, Scope.READ)
    file = await doors.in_thread(rights.find, program.member, uid)
    if file is None or not program.token.is_for(file.room):
        raise NotFound(NO_SUCH_FILE)
    return respond(request, whole(file))


def _page(program: Program, room: str, before: int | None, kind: str) -> types.Body:
    found = doors.find(program, room)
    page = page_of(program.member, found, before, kind)
    return {"files": [described(it) for it in page.sent], "more": page.more}


def _send(request: HttpRequest, program: Program, room: str) -> HttpResponse:
    """Take a file. The server asks before it reads the body. Raises Refused, TooFast, BadField."""
    found = doors.find(program, room)
    if not found.may(program.member, Action.POST_FILES):
        raise Refused(*why_not(found.room, found.standing, NO_FILES_HERE))
    if is_announcement(request):
        return HttpResponse(status=204)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        name, told = next(iter(form.errors.items()))
        raise BadField(name, Translatable(str(told[0])))
    file = _receive(request, program, found, form.cleaned_data)
    [state] = entry.files_of([file.as_sent()])
    return doors.answer(request, msgspec.to_builtins(state), 201)


def _receive(
    request: HttpRequest, program: Program, found: Found, wanted: Mapping[str, Any]
) -> File:
    member, sent = program.member, wanted["file"]
    uploads.ensure_fits(member, sent.size)
    rates.count(request, member, FILE, bytes=ROW_BYTES, uploaded=sent.size)
    file = uploads.begin(member, found.room, wanted["id"], sent.name, sent.size, wanted["alt"])
    uploads.receive(file, Path(sent.temporary_file_path()))
    return file
