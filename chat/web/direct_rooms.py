"""/chat/new/direct: begins a direct room, or finds it again."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chat import runtime
from chat.journal import Refused
from chat.journal.changes import BUSY, NOTHING_CHANGES, UNAVAILABLE
from chat.journal.roster_changes import Begin
from chat.live.rates import PERSON_SEARCH, ROOM
from chat.models import Member, PersonBlock, Room
from chat.models.room import DIRECT_PEOPLE_MAX, direct_key
from chat.protocol import Translatable
from chat.web import rates
from chat.web.guests import account_view
from chat.web.people_forms import PeopleForm
from chat.web.refusals import in_words
from chat.web.requests import is_for_people

TEMPORARY = {BUSY[0], UNAVAILABLE[0]}
NOBODY = "no_people", Translatable("Choose who the room is for.")
TOO_MANY = (
    "too_many_people",
    Translatable("A direct room can have at most %(limit)s people.", limit=DIRECT_PEOPLE_MAX),
)
NOT_WITH_THEM = "no_such_people", Translatable("You cannot begin a direct room with them.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@account_view
def new_direct(request: HttpRequest, member: Member) -> HttpResponse:
    """Leads to the direct room with the people `with` (ids), or those of the form. Raises TooFast.

    A GET shows the form.
    """
    is_form = request.method == "POST" and "with" not in request.POST
    form = PeopleForm(request.POST if is_form else None)
    if request.method != "POST":
        return _show(request, form)
    if request.POST.get("who"):
        rates.count(request, member, PERSON_SEARCH)
    if is_form and not form.is_valid():
        return _refuse(request, form)
    ids = [str(it.uid) for it in form.chosen] if is_form else request.POST.getlist("with")
    try:
        room = _room_with(request, member, ids)
    except Refused as refused:
        return _refuse(request, form, refused)
    return redirect("room", room.address)


def _room_with(request: HttpRequest, member: Member, ids: Collection[str]) -> Room:
    """The direct room with these people, which begins if there is none. Raises Refused."""
    others = _find_others(member, ids)
    room = Room.objects.filter(people=direct_key([member, *others])).first()
    if room and room.is_begun:  # the member is in it, whoever may begin one now
        return room
    if not all(it.is_active for it in others) or _is_blocked_by_any(member, others):
        raise Refused(*NOT_WITH_THEM)
    rates.count(request, member, ROOM)
    member.ensure_saved()
    room = Room.objects.ensure_direct([member, *others])
    _begin(room, member, others)
    return room


def _find_others(member: Member, ids: Collection[str]) -> list[Member]:
    """The people with these ids, beside the member. Raises Refused.

    A guest whom an account has claimed is the account's own member.
    """
    uids = {_parse(it) for it in ids}
    if len(uids) > DIRECT_PEOPLE_MAX:  # the member may be among them
        raise Refused(*TOO_MANY)
    found = list(Member.objects.select_related("user").filter(uid__in=uids))
    if len(found) < len(uids - {member.uid}):
        raise Refused(*NOT_WITH_THEM)
    own = Member.objects.select_related("user").find_own(found)
    others = {own.get(it.pk, it) for it in found} - {member}
    if not others:
        raise Refused(*NOBODY)
    if len(others) >= DIRECT_PEOPLE_MAX:
        raise Refused(*TOO_MANY)
    return sorted(others, key=lambda it: it.pk)


def _parse(id: str) -> UUID:
    try:
        return UUID(id)
    except ValueError:
        raise Refused(*NOT_WITH_THEM) from None


def _is_blocked_by_any(member: Member, others: Iterable[Member]) -> bool:
    blocks = PersonBlock.objects.filter(member__in=[it.pk for it in others], blocked=member.pk)
    return blocks.exists()


def _begin(room: Room, member: Member, others: Iterable[Member]) -> None:
    """Append the room's first entry, unless another process has done so. Raises Refused."""
    try:
        runtime.append_from_sync(Begin(room.pk, member.pk, tuple(it.pk for it in others)))
    except Refused as refused:
        if refused.code == NOTHING_CHANGES[0]:
            return
        raise refused if refused.code in TEMPORARY else Refused(*NOT_WITH_THEM) from None


# --- answers ------------------------------------------------------------------------------------


def _show(request: HttpRequest, form: PeopleForm, **context: Any) -> HttpResponse:
    status = context.pop("status", 200)
    context |= {"form": form, "max": DIRECT_PEOPLE_MAX - 1}
    return render(request, "chat/new_direct.html", context, status=status)


def _refuse(request: HttpRequest, form: PeopleForm, refused: Refused | None = None) -> HttpResponse:
    """The form with what is wrong, or an error for programs. None: the form says it."""
    refused_so = refused or Refused(*NOBODY)
    code, detail = refused_so.code, in_words(refused_so.detail)
    status = 503 if code in TEMPORARY else 422
    if is_for_people(request):
        return _show(request, form, error=detail if refused else "", status=status)
    return JsonResponse({"error": {"code": code, "detail": detail}}, status=status)
