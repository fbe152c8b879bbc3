"""The cases that wait for a moderator, and what moderators do about them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chat import access, policy, reports, runtime
from chat.journal import Change
from chat.live.rates import MESSAGE
from chat.models import GuestClosing, Member, ReportCase
from chat.web import rates
from chat.web.guests import account_view, change_view
from chat.web.moderation import acts, cases
from chat.web.moderation.everywhere import account_of, block_person
from chat.web.moderation.report_forms import CLOSING, DecisionForm, NoteForm
from chat.web.refusals import in_words
from chat.web.requests import is_for_people

PAGE_CASES = 20
DECISION_BYTES = 1_500  # that the database grows by


@never_cache
@require_safe
@account_view
def queue(request: HttpRequest, member: Member) -> HttpResponse:
    """/moderation/: the open cases that the member may decide, the oldest first."""
    kept = reports.kept_rooms(member)
    waiting = reports.visible_in(member, kept).open().order_by("opened_at", "pk")
    page = Paginator(cases.with_rows(waiting), PAGE_CASES).get_page(request.GET.get("page", "1"))
    context = {
        "page": page,
        "cases": cases.show(member, kept, list(page.object_list)),
        "decision_form": DecisionForm(label_suffix="", auto_id=""),
        "note_form": NoteForm(label_suffix="", auto_id=""),
    }
    if policy.may_close_to_guests(member):
        context |= {"may_close": True, "guests_closed_until": GuestClosing.objects.until()}
    return render(request, "chat/moderation/queue.html", context)


@require_POST
@change_view
def decide(request: HttpRequest, member: Member, case: UUID) -> HttpResponse:
    """Do the `act`, and close the case. People are led back to the queue; programs get 204.

    404 for a case that is not the member's, or decided; 409 with {"error"} if the act is refused.
    """
    found = _find(member, case)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    rates.count(request, member, MESSAGE, bytes=DECISION_BYTES)
    refusal = _act(member, found, form.cleaned_data)
    if refusal is not None:
        return _refuse(request, refusal)
    if not reports.decide(member, case, form.verdict, form.cleaned_data["answer"]):
        raise Http404
    runtime.publish_reports_from_sync(found.room_id)
    return _done(request, gettext("Decided. Who reported it can read that."))


@require_POST
@change_view
def note(request: HttpRequest, member: Member, case: UUID) -> HttpResponse:
    """Add a note for other moderators. Answers as `decide`."""
    found = _find(member, case)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    rates.count(request, member, MESSAGE, bytes=DECISION_BYTES)
    if not reports.add_note(member, found, form.cleaned_data["text"]):
        return _refuse(request, gettext("There are too many notes about this already."))
    return _done(request, gettext("The note is added."))


def _find(member: Member, uid: UUID) -> ReportCase:
    """Raises Http404."""
    of_member = reports.visible(member).open().select_related("room", "author")
    if (found := of_member.filter(uid=uid).first()) is None:
        raise Http404
    return found


def _act(member: Member, case: ReportCase, chosen: dict[str, Any]) -> str | None:
    """Do what is chosen. Returns why that was refused, if so."""
    act = chosen["act"]
    if act in CLOSING:
        return None
    if act == "block":
        return _block(member, case, chosen)
    _, refusal = acts.do(_changes(member, case, chosen))
    return in_words(refusal.detail) if refusal else None


def _changes(member: Member, case: ReportCase, chosen: dict[str, Any]) -> list[Change]:
    """Raises PermissionDenied to operators who may not enter the room."""
    room = access.find_in(member, case.room)
    if room is None:
        raise PermissionDenied
    form_class, changing = acts.ACTS[chosen["act"]]
    form = form_class({**chosen, "seq": case.seq, "person": case.author.uid})
    form.full_clean()
    return changing(room, member, form)


def _block(member: Member, case: ReportCase, chosen: dict[str, Any]) -> str | None:
    if not policy.is_operator(member):
        raise PermissionDenied
    block_person(case.author.uid, account_of(member), chosen["seconds"], chosen["why"])
    return None


def _refuse(request: HttpRequest, detail: str) -> HttpResponse:
    if is_for_people(request):
        messages.error(request, detail)
        return redirect("moderation")
    return JsonResponse({"error": {"code": "refused", "detail": detail}}, status=409)


def _done(request: HttpRequest, detail: str) -> HttpResponse:
    if is_for_people(request):
        messages.success(request, detail)
        return redirect("moderation")
    return HttpResponse(status=204)
