"""GET /files/<uid>/<name>, /files/<uid>/<size>.webp and /cards/<uid>.webp: files and previews.

The rights are asked at every request. A file that the member may not see is as one that never was.
"""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from chat.files import rights
from chat.files.serving import Served, respond
from chat.models import File, Member
from chat.web.guests import guest_view

PREVIEW_TYPE = "image/webp"


@require_safe
@guest_view
def serve(request: HttpRequest, member: Member, uid: UUID, name: str) -> HttpResponseBase:
    """The file, whatever its name in the address: links are shared with names that have changed."""
    return respond(request, whole(_find(member, uid)))


@require_safe
@guest_view
def preview(request: HttpRequest, member: Member, uid: UUID, size: int) -> HttpResponseBase:
    """The largest preview that is no larger than asked for; the picture, while there is none.

    An animation has its previews from the beginning: they stand still, and it would not.
    """
    file = _find(member, uid)
    sizes = [it for it in map(int, file.previews) if it <= size]
    if not file.is_picture or (file.is_animated and not sizes):
        raise Http404
    return respond(request, _preview(file, max(sizes)) if sizes else whole(file))


@require_safe
@guest_view
def card_picture(request: HttpRequest, member: Member, uid: UUID) -> HttpResponseBase:
    """The small picture of a link's card."""
    picture = rights.find_card_picture(member, uid)
    if picture is None:
        raise Http404("There is no such picture.")
    served = Served(
        picture.key, f"{uid}.webp", PREVIEW_TYPE, picture.size, picture.etag, is_inline=True
    )
    return respond(request, served)


def _find(member: Member, uid: UUID) -> File:
    file = rights.find(member, uid)
    if file is None:
        raise Http404("There is no such file.")
    return file


def whole(file: File) -> Served:
    return Served(file.key, file.name, file.type, file.size, file.etag, file.is_inline)


def _preview(file: File, size: int) -> Served:
    return Served(
        file.preview_key(size),
        f"{file.name}.webp",
        PREVIEW_TYPE,
        file.previews[str(size)],
        f"{file.etag}-{size}",
        is_inline=True,
    )
