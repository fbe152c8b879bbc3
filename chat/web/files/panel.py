"""GET /chat/<room>/files: the files of a room, newest first: a page, and JSON for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from chat.access import Found
from chat.journal import entry
from chat.journal.read.view import view_of
from chat.models import Address, File, Member, Message
from chat.protocol import FILES_MAX
from chat.web import doors
from chat.web.caching import no_cache
from chat.web.files.panel_form import PICTURES, PanelForm
from chat.web.guests import guest_view
from chat.web.requests import is_for_people
from chat.web.time_zones import zone_of

PAGE_FILES = 48  # and the others of the last one's message


@dataclass(frozen=True, slots=True)
class SentFile:
    file: File
    message: Message  # that has the file


@dataclass(frozen=True, slots=True)
class Page:
    sent: Sequence[SentFile]
    more: bool


@no_cache
@guest_view
def panel(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """The files that the member may see. Raises Http404 and PermissionDenied as the room's page."""
    address, found = doors.find(member, room_name)
    form = PanelForm(request.GET)
    if is_for_people(request):
        answer = _html(request, member, address, found, form)
    else:
        answer = _json(member, found, form)
    patch_vary_headers(answer, ["Accept"])
    return doors.forgettable(answer, found)


def _html(
    request: HttpRequest, member: Member, address: Address, found: Found | None, form: PanelForm
) -> HttpResponse:
    before, kind = form.wanted()
    kind = kind or PICTURES
    context = {
        "page": page_of(member, found, before, kind),
        "kind": kind,
        "is_first": before is None,
        "address": found.room.address if found else address.shown,
        "title": found.room.shown_name if found else address.shown,
    }
    with timezone.override(zone_of(member)):
        return render(request, "chat/files/panel.html", context)


def _json(member: Member, found: Found | None, form: PanelForm) -> HttpResponse:
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    page = page_of(member, found, *form.wanted())
    files = [described(it) for it in page.sent]
    body = msgspec.json.encode({"files": files, "more": page.more})
    return HttpResponse(body, content_type="application/json")


def page_of(member: Member, found: Found | None, before: int | None, kind: str) -> Page:
    """The latest files, or those of messages before a seq. A message's files are on one page."""
    if found is None:
        return Page([], more=False)
    visible_from = view_of(member, found).visible_from
    files = File.objects.of_room(found.room).filter(message__seq__gte=visible_from)
    if before is not None:
        files = files.filter(message__seq__lt=before)
    if kind:
        files = files.filter(width__isnull=kind != PICTURES)
    rows = [SentFile(it, it.message) for it in files[: PAGE_FILES + FILES_MAX] if it.message]
    shown = rows[:PAGE_FILES]
    if shown:
        last = shown[-1].message
        shown += takewhile(lambda it: it.message == last, rows[PAGE_FILES:])
    return Page(shown, more=len(rows) > len(shown))


def described(sent: SentFile) -> dict[str, object]:
    """A file as its message has it, with who sent it, where and when."""
    message = sent.message
    [state] = entry.files_of([sent.file.as_sent()])
    author = {"id": str(message.author.uid), "name": message.author.name}
    others = {"author": author, "seq": message.seq, "sent_at": message.sent_at}
    return {**msgspec.to_builtins(state), **others}
