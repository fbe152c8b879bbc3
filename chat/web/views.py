"""The pages, and a room's history as JSON.

A GET creates no room and no member.
"""

from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag, require_http_methods, require_POST, require_safe

from chat import access, policy, protocol
from chat.formatting.emoji import names_json, shortcodes
from chat.formatting.isolates import isolate
from chat.journal import Entry
from chat.journal.read import queries
from chat.journal.read.latest_page import PAGE_ENTRIES
from chat.journal.read.view import View, view_of
from chat.live.unread import Read, find_unread
from chat.models import (
    Member,
    Room,
    RoomKind,
    RoomNameError,
    Subscription,
    direct_rooms,
    parse_address,
)
from chat.policy import STRANGER, Standing
from chat.protocol import TOPIC_MAX_CHARACTERS
from chat.web import cards, doors, knocks, names, qr, room_addresses, unguessable_names
from chat.web.claims import claimable_guest
from chat.web.doors import KnockFirst
from chat.web.event_texts import event_texts
from chat.web.files.bounds import file_bounds
from chat.web.forms import EnterForm, HistoryForm, NameForm
from chat.web.guests import change_view, guest_view, sign_in_url
from chat.web.moderation.forms import SanctionForm
from chat.web.room_addresses import (
    TYPED_MAX_CHARACTERS,
    InviteAddress,
    RoomAddress,
    RoomAddressError,
)
from chat.web.scripts import in_script

ROOMS_LISTED = 20
QR_SECONDS = 3600
EMOJI_SECONDS = 24 * 3600  # then a browser asks whether the list has changed

no_cache = cache_control(private=True, no_cache=True)


@no_cache
@require_http_methods(["GET", "HEAD", "POST"])
@guest_view
def index(request: HttpRequest, member: Member) -> HttpResponse:
    """The start page: a form with a name and a room, and the rooms of the list, by last visit."""
    initial = {"name": member.name}
    form = EnterForm(request, request.POST or None, initial=initial, member=member)
    if form.is_valid():
        if policy.may_change(member):
            names.rename(request, member, form.cleaned_data["name"])
        return redirect(form.cleaned_data["room"].path)
    subscriptions = list(
        Subscription.objects.current(member)[:ROOMS_LISTED] if member.is_saved else ()
    )
    direct_rooms.name_for([member.pk], [it.room for it in subscriptions])
    claimable = claimable_guest(request, member)
    context = {
        "form": form,
        "subscriptions": subscriptions,
        "claimable": claimable,
        "may_begin_private_rooms": policy.may_begin_private_rooms(member),
        "suggested": unguessable_names.suggest(),
        "has_news": member.has_news,
    }
    return render(request, "chat/index.html", context, status=422 if form.is_bound else 200)


@no_cache
@require_safe
@guest_view
def room(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """The room page, with the latest messages as JSON; its socket resumes from their version."""
    try:
        address = parse_address(room_name)
    except RoomNameError as error:
        return render(request, "chat/no_room_name.html", {"error": error}, status=404)
    try:
        found = doors.find_at(member, address)
    except KnockFirst as refusal:
        return knocks.page(request, member, refusal.found.room)
    is_former = found is not None and found.room.key != address.key
    at = found.room.address if found and is_former else address.shown
    if at != room_name:
        return redirect(_with_query(request, reverse("room", args=[at])))
    room, standing = (found.room, found.standing) if found else (None, STRANGER)
    version = room.version if room else 0
    view = view_of(member, found)
    page = queries.page(room.pk, PAGE_ENTRIES, as_of=version, view=view) if room else ([], False)
    read, unread = Read(version, version), None
    if room and member.is_saved:
        read, unread = find_unread(member, room)
    expired = room.expired_seq if room else 0
    epoch = str(room.epoch) if room else ""
    state = {
        "version": version,
        "epoch": epoch,
        "expired": expired,
        **read._asdict(),
        "unread": unread,
    }
    snapshot = _history(member, room, *page, **state)
    shown = room.shown_name if room else address.shown
    context = {
        "room_id": str(room.uid) if room else None,
        "room_name": shown,
        "room_kind": room.kind if room else RoomKind.OPEN,
        "room_picture": room.shown_picture if room else None,
        "room_address": room.address if room else address.shown,
        "is_archived": room is not None and room.is_archived,
        "address": _address(request, room.address if room else address.shown),
        "suggested": unguessable_names.suggest(),
        "topic": room.topic if room else "",
        "topic_max_characters": TOPIC_MAX_CHARACTERS,
        "snapshot": in_script(snapshot),
        "you": _you(member, standing),
        "event_texts": event_texts(),
        "file_bounds": file_bounds(member, room, standing),
        "claimable": claimable_guest(request, member),
        "sign_in_url": sign_in_url(request) if policy.needs_account(member) else None,
        "is_newcomer": not member.has_own_name and not queries.has_posted(member),
        "has_news": member.has_news,
        "name_form": NameForm(initial={"name": member.name}),
        "moderation_form": SanctionForm(auto_id="moderation-%s", label_suffix=""),
        "is_operator": policy.is_operator(member),
    }
    return doors.forgettable(render(request, "chat/room.html", context), found)


def _with_query(request: HttpRequest, path: str) -> str:
    """A path with the query of the request. Browsers keep the fragment themselves."""
    query = request.META.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def _you(member: Member, standing: Standing) -> dict[str, Any]:
    """Who asks, as `hello` says it."""
    claimed = [str(it) for it in member.claimed_uids]
    you = {"id": str(member.uid), "name": member.name, "guest": member.is_guest}
    role = policy.role(member, standing)
    picture = {"picture": str(member.picture_id)} if member.picture_id else {}
    return {**you, **picture, **({"role": role} if role else {}), "claimed": claimed}


@cache_control(private=True, max_age=QR_SECONDS)
@require_safe
@guest_view
def qr_code(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """The room's address as a QR code, to open on a phone."""
    address, found = doors.find(member, room_name)
    try:
        image = qr.svg(_address(request, found.room.address if found else address.shown))
    except qr.TooLong:
        raise BadRequest("This address is too long for a QR code.") from None
    return doors.forgettable(HttpResponse(image, content_type="image/svg+xml"), found)


@no_cache
@require_safe
@guest_view
def messages(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """A page of history, as docs/protocol.md describes it."""
    form = HistoryForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    _, found = doors.find(member, room_name)
    if found is None:
        page = _history(member, None, [], more=False)
    else:
        view = view_of(member, found)
        page = _requested_page(member, found.room, view, **form.cleaned_data)
    return doors.forgettable(HttpResponse(page, content_type="application/json"), found)


def _requested_page(
    member: Member,
    room: Room,
    view: View,
    limit: int,
    before: int | None,
    after: int | None,
    around: int | None,
    seqs: list[int],
) -> str:
    if seqs:
        return _history(member, room, *queries.at_seqs(room.pk, seqs, view=view))
    if around is not None:
        entries, more, is_more_new = queries.page_around(room.pk, limit, around, view=view)
        return _history(member, room, entries, more, newer=is_more_new)
    if after is not None:
        entries, is_more_new = queries.page_after(room.pk, limit, after, view=view)
        return _history(member, room, entries, more=after > 0, newer=is_more_new)
    return _history(member, room, *queries.page(room.pk, limit, before, view=view))


@require_POST
@change_view
def rename(request: HttpRequest, member: Member) -> HttpResponse:
    """Take a new name. Answers {"name": …}, or 422 with {"errors": {…}}."""
    form = NameForm(request.POST, member=member)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    names.rename(request, member, form.cleaned_data["name"])
    return JsonResponse({"name": member.name})


@no_cache
@require_safe
@guest_view
def card(request: HttpRequest, member: Member, room_name: str, uid: UUID) -> HttpResponse:
    """The card of a person who is or was in the room, or 404."""
    _, found = doors.find(member, room_name)
    shown = cards.find(found, uid, member) if found else None
    if shown is None:
        raise Http404("There is no such person in this room.")
    answer = HttpResponse(msgspec.json.encode(shown), content_type="application/json")
    return doors.forgettable(answer, found)


@no_cache
@require_safe
@guest_view
def find_room(request: HttpRequest, member: Member) -> HttpResponse:
    """Where a typed text leads to: {"name", "path", "seq", "exists", "label"}, the label of a link.
    `exists` is null for an invite: whether it is valid is not said.

    Or {"error", "nearest"}: what is wrong with the text, and the room of the nearest name or null.
    """
    typed = request.GET.get("typed", "")[:TYPED_MAX_CHARACTERS]
    try:
        found = _found(member, room_addresses.parse_any(request, typed))
    except RoomNameError as error:
        nearest = error.nearest and _found(member, RoomAddress(error.nearest))
        found = {"error": error.reason, "nearest": nearest}
    except RoomAddressError as error:
        found = {"error": str(error), "nearest": None}
    return HttpResponse(msgspec.json.encode(found), content_type="application/json")


def _found(member: Member, at: RoomAddress | InviteAddress) -> dict[str, Any]:
    if isinstance(at, InviteAddress):
        label = gettext("Open the invite")
        return {"name": label, "path": at.path, "seq": None, "exists": None, "label": label}
    found = access.find(member, at.address)
    exists = found is not None and (found.room.is_begun or not found.room.is_open)
    if found and exists:
        at = RoomAddress(parse_address(found.room.address), at.seq)
    name = found.room.shown_name if found and exists else at.address.shown
    return {
        "name": name,
        "path": at.path,
        "seq": at.seq,
        "exists": exists,
        "label": _label(name, at, exists=exists),
    }


def _label(name: str, address: RoomAddress, *, exists: bool) -> str:
    if address.seq:
        label = gettext("Go to the message in “%(name)s”")
    else:
        label = gettext("Go to “%(name)s”") if exists else gettext("Open new room “%(name)s”")
    return label % {"name": isolate(name)}


@cache
def _emoji_json() -> bytes:
    return msgspec.json.encode(shortcodes())


@require_safe
@cache_control(public=True, max_age=EMOJI_SECONDS)
@etag(lambda request: f'"{sha256(_emoji_json()).hexdigest()}"')
def emoji(request: HttpRequest) -> HttpResponse:
    """The emoji shortcodes as JSON."""
    return HttpResponse(_emoji_json(), content_type="application/json")


def _etag_of_names(language: str) -> str | None:
    if language not in dict(settings.LANGUAGES):
        return None  # and no answer
    return f'"{sha256(names_json(language)).hexdigest()}"'


@require_safe
@cache_control(public=True, max_age=EMOJI_SECONDS)
@etag(lambda request, language: _etag_of_names(language))
def emoji_names(request: HttpRequest, language: str) -> HttpResponse:
    """The emoji to choose from as JSON, with names in a language of the pages."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return HttpResponse(names_json(language), content_type="application/json")


def _address(request: HttpRequest, room_name: str) -> str:
    return request.build_absolute_uri(reverse("room", args=[room_name]))


def _history(
    member: Member, room: Room | None, entries: list[Entry], more: bool, **fields: Any
) -> str:
    """A page of messages as JSON, with other fields. The entries are JSON already."""
    fields["more"] = more
    if room and member.is_saved and (reacted := queries.reacted(member, room.pk, entries)):
        fields["reacted"] = [{"seq": seq, "emoji": emoji} for seq, emoji in reacted]
    others = msgspec.json.encode(fields).decode().removeprefix("{")
    return f'{{"messages":{protocol.frame(it.json for it in entries)},{others}'
