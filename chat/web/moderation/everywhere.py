"""What operators do to people in the whole installation: ban them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import operators
from accounts.models import User
from chat import policy
from chat.models import FOR_GOOD, ActKind, GuestClosing, Member, ModerationAct, Sanction
from chat.models.sanction import end_after
from chat.web.forms import BanForm
from chat.web.guests import change_view
from chat.web.moderation.forms import GuestClosingForm, PersonForm
from chat.web.requests import is_for_people, next_path


@require_POST
@change_view
def block(request: HttpRequest, member: Member) -> HttpResponse:
    """Ban a guest or an account for a time, or for good. Answers 204, or 422 with {"errors"}."""
    if not policy.is_operator(member):
        raise PermissionDenied
    form = BanForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    assert member.user is not None  # an operator has an account  # noqa: S101
    if not block_person(form.cleaned_data["member"], member.user, **_how(form)):
        raise Http404
    return HttpResponse(status=204)


@require_POST
@change_view
def lift(request: HttpRequest, member: Member) -> HttpResponse:
    """Lift a person's bans from all rooms. Leads people back to `next`, 204 to others."""
    if not policy.is_operator(member):
        raise PermissionDenied
    form = PersonForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    assert member.user is not None  # an operator has an account  # noqa: S101
    lift_bans(form.cleaned_data["person"], member.user, form.cleaned_data["why"])
    if is_for_people(request):
        return redirect(next_path(request))
    return HttpResponse(status=204)


@require_POST
@change_view
def guests(request: HttpRequest, member: Member) -> HttpResponse:
    """Take no new guests for `seconds`, or again (0). Leads people back to `next`, 204 to others.

    Guests who have been here before go on as they did.
    """
    if not policy.may_close_to_guests(member):
        raise PermissionDenied
    form = GuestClosingForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    _close(member, **form.cleaned_data)
    if is_for_people(request):
        return redirect(next_path(request))
    return HttpResponse(status=204)


def _close(member: Member, seconds: int, why: str) -> None:
    if seconds:
        GuestClosing.objects.close(timezone.now() + timedelta(seconds=seconds), by=member, why=why)
    else:
        GuestClosing.objects.open(by=member, why=why)


def _how(form: BanForm) -> dict[str, Any]:
    return {it: form.cleaned_data[it] for it in ("seconds", "why")}


@transaction.atomic
def block_person(uid: UUID, by: User, seconds: int, why: str = "") -> bool:
    """Ban a guest, or the account that has the member, for so many seconds; 0 is for good.

    An account that is banned for good is deactivated: its rooms go to others. Returns whether there
    is such a member. Raises PermissionDenied if `by` may not, by now.
    """
    operators.ensure_operates(by)
    other = _hold(uid)
    if other is None:
        return False
    if not policy.may_ban(Member.objects.of_user(by), other):
        raise PermissionDenied
    account, until = other.account, end_after(seconds)
    if account:
        other = Member.objects.of_user(account)
    if account and until == FOR_GOOD:
        operators.set_active([account], active=False)
        act = ModerationAct(kind=ActKind.BAN, by=Member.objects.of_user(by), member=other)
        act.until, act.why = until, why
        ModerationAct.objects.log([act])
    else:
        Sanction.objects.ban(other, until, by=Member.objects.of_user(by), why=why)
    LogEntry.objects.log_actions(by.pk, [account or other], CHANGE, f"Banned. {why}".strip())
    return True


@transaction.atomic
def lift_bans(other: Member, by: User, why: str = "") -> int:
    """Lift the bans of a person from all rooms, and activate their account again.

    Returns how many there were. Raises PermissionDenied if `by` may not, by now.
    """
    operators.ensure_operates(by)
    operator, account = Member.objects.of_user(by), other.account
    people = Member.objects.all_of_user(account) if account else Member.objects.filter(pk=other.pk)
    lifted = Sanction.objects.everywhere().filter(member__in=people).lift(by=operator, why=why)
    if account and not account.is_active and operators.set_active([account], active=True):
        own = Member.objects.of_user(account)
        act = ModerationAct(kind=ActKind.UNBAN, by=operator, member=own, why=why)
        ModerationAct.objects.log([act])
        lifted += 1
    if lifted:
        LogEntry.objects.log_actions(by.pk, [account or other], CHANGE, "Lifted bans.")
    return lifted


def _hold(uid: UUID) -> Member | None:
    """The member with their account, as they are until the transaction ends.

    Accounts are locked before members, as by claims and deletions.
    """
    people = Member.objects.select_related("user", "claimed_by").filter(uid=uid)
    found = people.first()
    if found and found.account:
        User.objects.select_for_update().filter(pk=found.account.pk).first()
    Member.objects.select_for_update().filter(uid=uid).first()
    return people.first()  # a guest may have an account by now
