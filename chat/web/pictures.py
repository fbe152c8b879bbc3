"""GET /pictures/<uid>/<size>.webp: pictures of people and rooms; and the form that sends one."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from chat.files import rights
from chat.files.serving import Served, respond
from chat.journal import Refused
from chat.live.rates import FILE
from chat.models import Member, Picture
from chat.picture_sizes import SQUARE_SIZES
from chat.web import rates
from chat.web.guests import guest_view
from chat.web.refusals import in_words

TYPE = "image/webp"
KEPT = "private, max-age=604800, immutable"  # a new picture has a new address
ASKED_EACH_TIME = "private, no-cache"
ROW_BYTES = 300  # that the database grows by


class PictureForm(forms.Form):
    """A file with a picture; or `remove`, for none."""

    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy(
            "PNG, JPEG, GIF, WebP, AVIF or HEIC, up to 8 MiB. The middle is shown."
        ),
        widget=forms.FileInput(
            attrs={"accept": "image/png,image/jpeg,image/gif,image/webp,image/avif,image/heic"}
        ),
    )

    def __init__(self, request: HttpRequest | None = None) -> None:
        data, files = (request.POST, request.FILES) if request else (None, None)
        super().__init__(data, files, auto_id="picture-%s", label_suffix="")


@require_safe
@guest_view
def picture(request: HttpRequest, member: Member, uid: UUID, size: int) -> HttpResponseBase:
    """A picture. One that the member may not see is as one that never was."""
    found = rights.find_picture(member, uid)
    if found is None or size not in SQUARE_SIZES:
        raise Http404("There is no such picture.")
    response = respond(request, _served(found, size))
    if response.status_code < 400:
        response["Cache-Control"] = KEPT if _is_for_everybody(found) else ASKED_EACH_TIME
    return response


def receive(
    request: HttpRequest, member: Member, form: PictureForm, give: Callable[[Path, str], None]
) -> bool:
    """Give what the form has. Returns whether that is done; the form says why not.

    Raises what `give` does, and TooFast.
    """
    if not form.is_valid():
        return False
    sent: TemporaryUploadedFile = form.cleaned_data["picture"]
    rates.count(request, member, FILE, bytes=ROW_BYTES, uploaded=sent.size or 0)
    try:
        give(Path(sent.temporary_file_path()), sent.name or "")
    except Refused as refusal:
        form.add_error("picture", in_words(refusal.detail))
        return False
    return True


def accept() -> HttpResponse:
    """The answer to who asks before the picture is sent: see mysite/servers/uploads."""
    return HttpResponse(status=204)


def _served(found: Picture, size: int) -> Served:
    length = found.sizes[str(size)]
    name = f"{found.uid}.webp"
    return Served(found.key_of(size), name, TYPE, length, f"{found.uid}-{size}", is_inline=True)


def _is_for_everybody(found: Picture) -> bool:
    room = getattr(found, "room", None)
    return room is None or room.is_open
