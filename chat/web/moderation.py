"""What operators do to people from a room: block them."""

from datetime import timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import operators
from accounts.models import User
from chat import policy
from chat.models import Block, Member
from chat.web.forms import BlockForm
from chat.web.guests import change_view


@require_POST
@change_view
def block(request: HttpRequest, member: Member) -> HttpResponse:
    """Block a guest for a time, or deactivate an account. Answers 204, or 422 with {"errors"}."""
    if not policy.is_operator(member):
        raise PermissionDenied
    form = BlockForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    people = Member.objects.select_related("user", "claimed_by")
    other = people.filter(uid=form.cleaned_data["member"]).first()
    if other is None:
        raise Http404
    if not policy.may_block(member, other):
        raise PermissionDenied
    assert member.user is not None  # an operator has an account  # noqa: S101
    block_person(other, member.user, form.cleaned_data["seconds"], form.cleaned_data["why"])
    return HttpResponse(status=204)


@transaction.atomic
def block_person(other: Member, by: User, seconds: int, why: str = "") -> None:
    """Block a guest for so many seconds, or deactivate the account that has the member."""
    account = other.account
    if account is None:
        until = timezone.now() + timedelta(seconds=seconds)
        Block.objects.block(other, until, by=by, why=why)
    else:
        operators.set_active([account], active=False)
    LogEntry.objects.log_actions(by.pk, [account or other], CHANGE, f"Blocked. {why}".strip())
