"""What operators do to people in the whole installation: ban them."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import TypeVar
from uuid import UUID

from django import forms
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import operators
from accounts.models import User
from chat import policy
from chat.models import FOR_GOOD, ActKind, GuestClosing, Member, ModerationAct, Sanction
from chat.models.sanction import end_after
from chat.web.guests import change_view
from chat.web.moderation.forms import BanForm, GuestClosingForm, PersonForm
from chat.web.requests import is_for_people, next_path

F = TypeVar("F", bound=forms.Form)


def _operators(
    form_class: type[F], may: Callable[[Member], bool] = policy.is_operator
) -> Callable[[Callable[[Member, F], None]], Callable[..., HttpResponseBase]]:
    """A POST of a form, by operators. Leads people back to `next`; programs get 204, or 422."""

    def decorate(act: Callable[[Member, F], None]) -> Callable[..., HttpResponseBase]:
        @require_POST
        @change_view
        @wraps(act)
        def view(request: HttpRequest, member: Member) -> HttpResponse:
            if not may(member):
                raise PermissionDenied
            form = form_class(request.POST)
            if not form.is_valid():
                return JsonResponse({"errors": form.errors}, status=422)
            act(member, form)
            if is_for_people(request):
                return redirect(next_path(request))
            return HttpResponse(status=204)

        return view

    return decorate


@_operators(BanForm)
def block(member: Member, form: BanForm) -> None:
    """Ban a guest or an account for a time, or for good. Raises Http404 for who is not there."""
    cleaned = form.cleaned_data
    if not block_person(cleaned["member"], account_of(member), cleaned["seconds"], cleaned["why"]):
        raise Http404


@_operators(PersonForm)
def lift(member: Member, form: PersonForm) -> None:
    """Lift a person's bans from all rooms."""
    lift_bans(form.cleaned_data["person"], account_of(member), form.cleaned_data["why"])


@_operators(GuestClosingForm, policy.may_close_to_guests)
def guests(member: Member, form: GuestClosingForm) -> None:
    """Take no new guests for `seconds`, or again (0). Others go on as they did."""
    _close(member, **form.cleaned_data)


def account_of(operator: Member) -> User:
    """The account of an operator. Raises PermissionDenied for who has none."""
    if operator.user is None:
        raise PermissionDenied
    return operator.user


def _close(member: Member, seconds: int, why: str) -> None:
    if seconds:
        GuestClosing.objects.close(timezone.now() + timedelta(seconds=seconds), by=member, why=why)
    else:
        GuestClosing.objects.open(by=member, why=why)


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
