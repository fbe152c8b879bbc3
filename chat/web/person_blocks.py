"""Blocking a person: they can neither begin nor continue a direct room with me."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chat.models import Member, PersonBlock
from chat.web.forms import PersonBlockForm
from chat.web.guests import change_view, guest_view

BLOCKED_MAX = 1_000  # by one person


@require_POST
@change_view
def block_person(request: HttpRequest, member: Member, uid: UUID) -> HttpResponse:
    """Block the person with this id, or unblock them. Answers 204, also where nothing changes.

    A guest who is not stored is in no room with anybody, and is not stored for this.
    """
    form = PersonBlockForm(request.POST)
    other = _find(uid)
    if form.is_valid() and member.is_saved and other and other.uid != member.uid:
        if not form.cleaned_data["blocked"]:
            PersonBlock.objects.unblock(member, other)
        elif PersonBlock.objects.filter(member=member.pk).count() >= BLOCKED_MAX:
            detail = gettext("You can block at most %(limit)s people.") % {"limit": BLOCKED_MAX}
            error = {"code": "too_many_people", "detail": detail}
            return JsonResponse({"error": error}, status=422)
        else:
            PersonBlock.objects.block(member, other)
    return HttpResponse(status=204)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@guest_view
def blocked_people(request: HttpRequest, member: Member) -> HttpResponse:
    """/accounts/blocked/: whom the user has blocked. A POST unblocks the `person`."""
    blocked = PersonBlock.objects.filter(member=member.pk).select_related("blocked__user")
    if request.method == "POST":
        block = blocked.filter(pk=_number(request.POST.get("person", ""))).first()
        if block:
            block.delete()
            unblocked = gettext("%(name)s is no longer blocked.") % {"name": block.blocked.name}
            messages.success(request, unblocked)
        return redirect("account_blocked")
    blocks = blocked.order_by("blocked__name_key", "pk")
    return render(request, "account/blocked.html", {"blocks": blocks})


def _find(uid: UUID) -> Member | None:
    """The person with this id; of a guest whom an account has claimed, the account's member."""
    found = Member.objects.filter(uid=uid, is_former=False).first()
    return Member.objects.find_own([found]).get(found.pk, found) if found else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
