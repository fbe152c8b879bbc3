"""/hooks/<token>: services post what happened, each in its own shape."""

from collections.abc import Mapping
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseNotAllowed

from api import problems
from api.doors import ProgramRequest, in_thread, speaking
from api.problems import NotFound
from api.v1 import api
from chat import policy
from chat.access import Found
from chat.programs import hooks, tokens
from chat.programs.payloads import Unreadable, read
from chat.programs.tokens import Program
from chat.protocol import InvalidText, Translatable
from chat.web import log_ids

NO_SUCH_HOOK = "no_such_hook", Translatable("There is no webhook at this address.")
WAITS = "waits: too fast\n"


async def incoming(request: HttpRequest, token: str) -> HttpResponse:
    """Post what a service says. "ok", as Slack answers; 202 for what a rate lets wait."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        return await _post(request, token)
    except Unreadable as error:
        return problems.answer(request, 400, "bad_text", error.detail)
    except InvalidText as error:
        return problems.answer(request, 400, error.code, error.detail)
    except Exception as error:
        return api.on_exception(request, error)  # as operations answer


async def _post(request: HttpRequest, secret: str) -> HttpResponse:
    program, found = await in_thread(_find, secret)
    log_ids.note(member=str(program.member.uid), room=found.room.pk)
    headers: Mapping[str, str] = {name.lower(): it for name, it in request.headers.items()}
    said = await in_thread(read, request.body, headers.get("content-type", ""), headers)
    text, id = hooks.text_of(said, program), hooks.message_id(program, headers)
    cast(ProgramRequest, request).auth = program
    is_posted = await hooks.post(speaking(request, program.member, found), program, id, text)
    answer = HttpResponse("ok\n" if is_posted else WAITS, content_type="text/plain")
    answer.status_code = 200 if is_posted else 202
    return answer


def _find(secret: str) -> tuple[Program, Found]:
    program = tokens.find(secret)
    found = hooks.room_of(program) if program and policy.may_enter(program.member) else None
    if program is None or found is None:
        raise NotFound(NO_SUCH_HOOK)
    if not program.token.is_use_noted:
        tokens.note_use(program)
    return program, found
