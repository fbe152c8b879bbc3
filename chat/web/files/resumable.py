"""Uploads in parts, after which a broken connection goes on: tus 1.0 (https://tus.io).

The core protocol with the extensions creation and termination. An upload has the address
/chat/<room>/files/<id>. A file that is refused at its end is gone: the next HEAD finds nothing.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from chat.files import uploads
from chat.journal import Refused
from chat.models import File, Member
from chat.protocol import Translatable
from chat.web.files import answers, door
from chat.web.files.door import Sender, sending_view
from chat.web.files.forms import UploadForm

HEADER, VERSION = "Tus-Resumable", "1.0.0"
PART = "application/offset+octet-stream"
METADATA_MAX_CHARACTERS = 8_000
OFFSET_MAX_CHARACTERS = 18

BAD_OFFSET = "bad_form", Translatable("Upload-Offset says where the bytes begin.")


def begin(request: HttpRequest, sender: Sender) -> HttpResponse:
    """Begin an upload: `Upload-Length`, and in `Upload-Metadata` id, filename and alt.

    Raises Refused and TooFast.
    """
    data = _metadata(request.headers.get("Upload-Metadata", ""))
    length = request.headers.get("Upload-Length", "")
    form = UploadForm({"id": str(uuid4()), **data, "length": length})
    if not form.is_valid():
        return answers.bad_form(form)
    id, name, size, alt = (form.cleaned_data[it] for it in ("id", "filename", "length", "alt"))
    file = door.begin(sender, id, name, size, alt)
    response = _answer(file, 201)
    response["Location"] = reverse("upload", args=[file.room.address, id])
    return response


@require_http_methods(["GET", "HEAD", "PATCH", "DELETE", "OPTIONS"])
@sending_view
def upload(request: HttpRequest, sender: Sender, id: UUID) -> HttpResponseBase:
    """An upload of the member's own. Raises Refused."""
    if request.method == "OPTIONS":
        return _options(sender.member)
    file = uploads.find(sender.member, sender.found.room if sender.found else None, id)
    if request.method == "PATCH":
        return _add_part(request, file)
    if request.method == "DELETE":
        uploads.discard(file)
        return HttpResponse(status=204, headers={HEADER: VERSION})
    if request.method == "GET":
        return answers.described(file, 200) if file.is_ready else _none()
    response = _answer(file, 200)
    response["Upload-Length"] = str(file.received if file.is_ready else file.size)
    response["Cache-Control"] = "no-store"
    return response


def _add_part(request: HttpRequest, file: File) -> HttpResponse:
    offset = request.headers.get("Upload-Offset", "")
    if request.content_type != PART:
        return HttpResponse(status=415, headers={HEADER: VERSION})
    if not (offset.isascii() and offset.isdigit() and len(offset) <= OFFSET_MAX_CHARACTERS):
        raise Refused(*BAD_OFFSET)
    uploads.add_part(file, int(offset), request)
    return _answer(file, 204)


def _answer(file: File, status: int) -> HttpResponse:
    headers = {HEADER: VERSION, "Upload-Offset": str(file.received)}
    return HttpResponse(status=status, headers=headers)


def _none() -> HttpResponse:
    return answers.refused(Refused(*uploads.NO_SUCH_UPLOAD))


def _options(member: Member) -> HttpResponse:
    return HttpResponse(
        status=204,
        headers={
            HEADER: VERSION,
            "Tus-Version": VERSION,
            "Tus-Extension": "creation,termination",
            "Tus-Max-Size": str(uploads.max_bytes(member)),
        },
    )


def _metadata(header: str) -> dict[str, str]:
    """The pairs of Upload-Metadata; what cannot be read is missing."""
    pairs = (it.split() for it in header[:METADATA_MAX_CHARACTERS].split(","))
    read = {pair[0]: _text(pair[1]) for pair in pairs if len(pair) == 2}
    return {name: text for name, text in read.items() if text is not None}


def _text(encoded: str) -> str | None:
    try:
        return b64decode(encoded, validate=True).decode()
    except (NotBase64, ValueError):
        return None
