"""What operators do to people in the whole installation: ban them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import operators
from accounts.models import User
from chat import policy
from chat.models import Member, Sanction
from chat.web.forms import BanForm
from chat.web.guests import change_view


@require_POST
@change_view
def block(request: HttpRequest, member: Member) -> HttpResponse:
    """Ban a guest for a time, or deactivate an account. Answers 204, or 422 with {"errors"}."""
    if not policy.is_operator(member):
        raise PermissionDenied
    form = BanForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    assert member.user is not None  # an operator has an account  # noqa: S101
    if not block_person(form.cleaned_data["member"], member.user, **_how(form)):
        raise Http404
    return HttpResponse(status=204)


def _how(form: BanForm) -> dict[str, Any]:
    return {it: form.cleaned_data[it] for it in ("seconds", "why")}


@transaction.atomic
def block_person(uid: UUID, by: User, seconds: int, why: str = "") -> bool:
    """Ban a guest for so many seconds, or deactivate the account that has the member.

    Returns whether there is such a member. Raises PermissionDenied if `by` may not, by now.
    """
    operators.ensure_operates(by)
    other = _hold(uid)
    if other is None:
        return False
    if not policy.may_ban(Member.objects.of_user(by), other):
        raise PermissionDenied
    account = other.account
    if account is None:
        until = timezone.now() + timedelta(seconds=seconds)
        Sanction.objects.ban(other, until, by=Member.objects.of_user(by), why=why)
    else:
        operators.set_active([account], active=False)
    LogEntry.objects.log_actions(by.pk, [account or other], CHANGE, f"Blocked. {why}".strip())
    return True


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
