"""/chat/new/people?q=: accounts by their names, for an account that adds people to a room."""

from django.core.exceptions import ValidationError
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.caseless import caseless_key
from accounts.models import USERNAME_MAX_CHARACTERS
from chat.formatting import name_key
from chat.live.rates import PERSON_SEARCH
from chat.models import Member
from chat.web import rates
from chat.web.guests import account_view

PEOPLE_FOUND = 10


@never_cache
@require_safe
@account_view
def people_search(request: HttpRequest, member: Member) -> HttpResponse:
    """{"people": [{"id", "name", "username"}]}, at most PEOPLE_FOUND. Raises TooFast."""
    rates.count(request, member, PERSON_SEARCH)
    found = find_people(member, request.GET.get("q", ""))
    return JsonResponse({"people": [_person(it) for it in found]})


def find_people(member: Member, typed: str) -> QuerySet[Member]:
    """The accounts, other than the member's, with a name or username that a typed text begins."""
    typed = typed.strip().removeprefix("@")[:USERNAME_MAX_CHARACTERS]
    name, username = name_key(typed), caseless_key(typed)
    if not name or "\0" in name:  # PostgreSQL stores none
        return Member.objects.none()
    is_it = Q(name_key=name) | Q(user__username_key=username)
    begins = Q(name_key__startswith=name) | Q(user__username_key__startswith=username)
    rank = Case(When(is_it, then=Value(0)), When(begins, then=Value(1)), default=Value(2))
    found = active_accounts().filter(begins | Q(name_key__contains=f" {name}"))
    return found.exclude(uid=member.uid).order_by(rank, "name_key", "pk")[:PEOPLE_FOUND]


def find_by_name(typed: str) -> Member:
    """The account of this username, or else of this name. Raises ValidationError."""
    typed = typed.strip().removeprefix("@")
    of_username = Q(user__username_key=caseless_key(typed))
    found = list(active_accounts().filter(of_username))
    found = found or list(active_accounts().filter(name_key=name_key(typed))[:2])
    if not found:
        raise ValidationError(gettext("There is no account with this name."))
    if len(found) > 1:
        raise ValidationError(gettext("Several people have this name. Type a username."))
    return found[0]


def active_accounts() -> QuerySet[Member]:
    """The own members of accounts that somebody may use."""
    is_banned = Q(banned_until__gt=timezone.now())
    members = Member.objects.select_related("user").exclude(is_banned)
    return members.filter(Q(user__is_active=True) | Q(is_bot=True), is_former=False)


def _person(member: Member) -> dict[str, str]:
    assert member.user is not None  # an account's  # noqa: S101
    return {"id": str(member.uid), "name": member.name, "username": member.user.username}
