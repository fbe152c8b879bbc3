"""The page of a room, and the code that leads a phone to it. A GET makes no room and no member."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from chat import policy
from chat.access import Found
from chat.journal.read import queries
from chat.journal.read.latest_page import PAGE_ENTRIES
from chat.journal.read.view import view_of
from chat.live.unread import Read, find_unread
from chat.models import Address, Member, Room, RoomKind, RoomNameError, parse_address
from chat.policy import STRANGER, Action, Standing
from chat.protocol import TOPIC_MAX_CHARACTERS
from chat.web import doors, knocks, qr, unguessable_names
from chat.web.caching import no_cache
from chat.web.claims import claimable_guest
from chat.web.doors import KnockFirst
from chat.web.event_texts import event_texts
from chat.web.files.bounds import file_bounds
from chat.web.forms import NameForm
from chat.web.guests import guest_view, sign_in_url
from chat.web.history import history_json
from chat.web.moderation.forms import SanctionForm
from chat.web.scripts import in_script

QR_SECONDS = 3600


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
    standing = found.standing if found else STRANGER
    context = {
        **_of_room(request, found.room if found else None, address),
        **_of_member(request, member, standing),
        "may_invite": found is not None and policy.may(member, Action.INVITE, found.room, standing),
        "snapshot": in_script(_snapshot(member, found)),
        "file_bounds": file_bounds(member, found.room if found else None, standing),
        "suggested": unguessable_names.suggest(),
        "event_texts": event_texts(),
    }
    return doors.forgettable(render(request, "chat/room.html", context), found)


def _of_room(request: HttpRequest, room: Room | None, address: Address) -> dict[str, Any]:
    """What the page says of the room. None: nobody has opened it yet."""
    at = room.address if room else address.shown
    return {
        "room_id": str(room.uid) if room else None,
        "room_name": room.shown_name if room else address.shown,
        "room_kind": room.kind if room else RoomKind.OPEN,
        "room_picture": room.shown_picture if room else None,
        "room_address": at,
        "is_archived": room is not None and room.is_archived,
        "address": _url(request, at),
        "topic": room.topic if room else "",
        "topic_max_characters": TOPIC_MAX_CHARACTERS,
    }


def _of_member(request: HttpRequest, member: Member, standing: Standing) -> dict[str, Any]:
    """What the page says of who reads it."""
    return {
        "you": _you(member, standing),
        "claimable": claimable_guest(request, member),
        "sign_in_url": sign_in_url(request) if policy.needs_account(member) else None,
        "is_newcomer": not member.has_own_name and not queries.has_posted(member),
        "has_news": member.has_news,
        "name_form": NameForm(initial={"name": member.name}),
        "moderation_form": SanctionForm(auto_id="moderation-%s", label_suffix=""),
        "is_operator": policy.is_operator(member),
    }


def _snapshot(member: Member, found: Found | None) -> str:
    """The latest messages, and where the socket resumes."""
    if found is None:
        return history_json(member, None, [], more=False, **_state(0), unread=None)
    room, version = found.room, found.room.version
    page = queries.page(room.pk, PAGE_ENTRIES, as_of=version, view=view_of(member, found))
    read, unread = find_unread(member, room) if member.is_saved else (None, None)
    state = _state(version, str(room.epoch), room.expired_seq, read)
    return history_json(member, room, *page, **state, unread=unread)


def _state(
    version: int, epoch: str = "", expired: int = 0, read: Read | None = None
) -> dict[str, Any]:
    read = read or Read(version, version)
    return {"version": version, "epoch": epoch, "expired": expired, **read._asdict()}


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
        image = qr.svg(_url(request, found.room.address if found else address.shown))
    except qr.TooLong:
        raise BadRequest("This address is too long for a QR code.") from None
    return doors.forgettable(HttpResponse(image, content_type="image/svg+xml"), found)


def _url(request: HttpRequest, room_name: str) -> str:
    return request.build_absolute_uri(reverse("room", args=[room_name]))
