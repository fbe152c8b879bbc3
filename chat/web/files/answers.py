"""Answers to programs that send files."""

from django.forms import Form
from django.http import HttpResponse, JsonResponse

from chat import protocol
from chat.files import uploads
from chat.journal import Refused, entry
from chat.journal.changes import ID_TAKEN, UNAVAILABLE
from chat.models import File
from chat.web.refusals import in_words

UNUSABLE = 422
LATER = {423, 503}
RETRY_SECONDS = 5
STATUS = {  # of refusals, by code
    "not_allowed": 403,
    "muted": 403,
    "locked": 403,
    "banned": 403,
    "knock_first": 403,
    uploads.NO_SUCH_UPLOAD[0]: 404,
    uploads.WRONG_OFFSET[0]: 409,
    ID_TAKEN[0]: 409,
    uploads.TOO_LARGE: 413,
    "unsupported": 415,  # a picture
    uploads.IN_PROGRESS[0]: 423,
    UNAVAILABLE[0]: 503,
    uploads.NO_SPACE[0]: 507,
}


def described(file: File, status: int = 201) -> HttpResponse:
    """A file that a message may have, as docs/protocol.md describes it."""
    [state] = entry.files_of([file.as_sent()])
    return HttpResponse(protocol.encode_file(state), status=status, content_type="application/json")


def refused(refusal: Refused) -> JsonResponse:
    """{"error": {"code", "detail"}}"""
    error = {"code": refusal.code, "detail": in_words(refusal.detail)}
    response = JsonResponse({"error": error}, status=STATUS.get(refusal.code, UNUSABLE))
    if response.status_code in LATER:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def bad_form(form: Form) -> JsonResponse:
    """What is missing, or cannot be read."""
    detail = " ".join(f"{name}: {text}" for name, found in form.errors.items() for text in found)
    return JsonResponse({"error": {"code": "bad_form", "detail": detail}}, status=UNUSABLE)
