"""Refusals as RFC 9457 has them: `application/problem+json`, naming the fields that are wrong."""

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from math import ceil
from typing import Any

import msgspec
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from msgspec import UNSET, Struct, UnsetType
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from chat.journal import Refused
from chat.journal.changes import UNAVAILABLE
from chat.live.rates import TooFast
from chat.protocol import InvalidText, Translatable
from chat.sockets import languages
from chat.web import log_ids

MEDIA_TYPE = "application/problem+json"
DEFAULT_STATUS = 422
RETRY_SECONDS = 5

STATUS: Mapping[str, int] = {  # of refusals, by code
    "held": 202,
    "sign_in_first": 403,
    "not_allowed": 403,
    "muted": 403,
    "locked": 403,
    "banned": 403,
    "name_first": 403,
    "knock_first": 403,
    "rejected": 403,
    "scope": 403,
    "no_such_room": 404,
    "no_such_message": 404,
    "no_such_file": 404,
    "no_such_cursor": 404,
    "gone": 404,
    "id_taken": 409,
    "deleted": 409,
    "file_in_use": 409,
    "nothing_changes": 409,
    "too_many_held": 409,
    "too_many_reactions": 409,
    "wrong_offset": 409,
    "changed": 412,
    "too_large": 413,
    "unsupported": 415,
    "in_progress": 423,
    "too_fast": 429,
    "not_stored": 500,
    "busy": 503,
    "unavailable": 503,
    "no_space": 507,
}
LATER = {423, 429, 503}
FIELDS: Mapping[str, str] = {  # which field is meant, by code
    "bad_text": "text",
    "bad_emoji": "emoji",
    "file_in_use": "files",
    "id_taken": "id",
}
NO_SUCH_ROOM = (
    "no_such_room",
    Translatable("There is no room at this address, or it is not open to you."),
)
NO_SUCH_PATH = "no_such_path", Translatable("There is nothing at this address.")
BAD_METHOD = "bad_method", Translatable("This address takes other methods: see Allow.")
BAD_TOKEN = "bad_token", Translatable("Show a valid token in the header Authorization.")
BAD_FIELDS = "bad_fields", Translatable("Some fields are wrong.")
FAILED = "failed", Translatable("The server failed. Tell the operator if it happens again.")

logger = logging.getLogger(__name__)


class FieldError(Struct):
    """What is wrong with one field. A path has the names of fields, with dots."""

    field: str
    detail: str


class Problem(Struct):
    """Why a request was refused. `code` is for programs, `detail` for people."""

    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] | UnsetType = UNSET
    retry_after: float | UnsetType = UNSET


class NotFound(Exception):
    """There is no such thing, for this program."""

    def __init__(self, refusal: tuple[str, Translatable] = NO_SUCH_ROOM) -> None:
        super().__init__(refusal[0])
        self.code, self.detail = refusal


class BadField(Exception):
    """A field has a value that cannot be used."""

    def __init__(self, field: str, detail: Translatable, code: str = BAD_FIELDS[0]) -> None:
        super().__init__(field)
        self.field, self.detail, self.code = field, detail, code


def answer(
    request: HttpRequest,
    status: int,
    code: str,
    detail: Translatable,
    *,
    errors: Iterable[tuple[str, Translatable | str]] = (),
    retry_after: float | None = None,
) -> HttpResponse:
    """The answer to a request that is refused."""
    fields = [FieldError(name, _told(request, it)) for name, it in errors]
    title = HTTPStatus(status).phrase
    after = UNSET if retry_after is None else retry_after
    problem = Problem(title, status, code, _told(request, detail), fields or UNSET, after)
    response = HttpResponse(msgspec.json.encode(problem), status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    if status in LATER:
        response["Retry-After"] = str(ceil(retry_after or RETRY_SECONDS))
    return response


def _told(request: HttpRequest, detail: Translatable | str) -> str:
    """The detail, in the language that the program asks for."""
    if isinstance(detail, str):
        return detail
    asked = languages.preferred({}, request.headers.get("Accept-Language", ""))
    return languages.translate(detail, asked)


def no_such_path(request: HttpRequest) -> HttpResponse:
    return answer(request, 404, *NO_SUCH_PATH)


def bad_method(request: HttpRequest, allowed: str) -> HttpResponse:
    response = answer(request, 405, *BAD_METHOD)
    response["Allow"] = allowed
    return response


def failed(request: HttpRequest) -> HttpResponse:
    return answer(request, 500, *FAILED)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """What the write door, or a door of files, refuses."""
    status = STATUS.get(refusal.code, DEFAULT_STATUS)
    field = FIELDS.get(refusal.code)
    errors = [(field, refusal.detail)] if field else []
    after = refusal.retry_after
    return answer(request, status, refusal.code, refusal.detail, errors=errors, retry_after=after)


def handle_all(api: NinjaAPI) -> None:
    """Answer all exceptions of its operations."""
    for type, handle in HANDLERS.items():
        api.add_exception_handler(type, handle)


def _too_fast(request: HttpRequest, error: TooFast) -> HttpResponse:
    return answer(request, 429, error.code, error.detail, retry_after=error.retry_after)


def _invalid_text(request: HttpRequest, error: InvalidText) -> HttpResponse:
    return answer(request, 422, error.code, error.detail, errors=[("text", error.detail)])


def _not_found(request: HttpRequest, error: NotFound) -> HttpResponse:
    return answer(request, 404, error.code, error.detail)


def _bad_field(request: HttpRequest, error: BadField) -> HttpResponse:
    return answer(request, 422, error.code, error.detail, errors=[(error.field, error.detail)])


def _bad_fields(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [(_name_of(it["loc"]), str(it["msg"])) for it in error.errors]
    return answer(request, 422, *BAD_FIELDS, errors=errors)


def _name_of(place: Iterable[object]) -> str:
    """The name of a field, without where it came from and the name of the parameter."""
    _, *names = map(str, place)
    return ".".join(names[1:] if len(names) > 1 else names)


def bad_token(request: HttpRequest, error: AuthenticationError | None) -> HttpResponse:
    """Nobody has this token, or no longer."""
    response = answer(request, 401, *BAD_TOKEN)
    response["WWW-Authenticate"] = "Bearer"
    return response


def _bad_request(request: HttpRequest, error: HttpError) -> HttpResponse:
    return answer(request, error.status_code, "bad_request", Translatable(error.message))


def _database_away(request: HttpRequest, error: Error) -> HttpResponse:
    logger.error("a program's request failed: %s", error, extra={"ids": _ids(request)})
    return answer(request, 503, *UNAVAILABLE)


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("a program's request failed", exc_info=error, extra={"ids": _ids(request)})
    return failed(request)


def _ids(request: HttpRequest) -> dict[str, object]:
    return log_ids.of_request(request)


HANDLERS: dict[Any, Any] = {
    Refused: refused,
    TooFast: _too_fast,
    InvalidText: _invalid_text,
    NotFound: _not_found,
    Http404: lambda request, _: no_such_path(request),
    BadField: _bad_field,
    ValidationError: _bad_fields,
    AuthenticationError: bad_token,
    HttpError: _bad_request,
    Error: _database_away,
    Exception: _failed,
}
