"""Claiming: a signed-in user says which guest of the browser the user was."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from chat import guest_cookie, policy, runtime
from chat.models import Member
from chat.personal_data import claiming
from chat.web import guests, names
from chat.web.requests import next_path


def claimable_guest(request: HttpRequest, member: Member) -> Member | None:
    """The guest that a signed-in browser talked as before; asked for until the user answers."""
    guest = guest_cookie.guest_of(request.COOKIES)
    if member.user_id is None or guest in (None, member.uid):
        return None
    if len(member.claimed_uids) >= claiming.CLAIMED_MAX:
        return None
    return Member.objects.unclaimed(guest).first() if guest else None


@require_POST
@guests.guest_view
def claim(request: HttpRequest, member: Member) -> HttpResponse:
    """Claim the guest of the browser, or with answer=no forget the guest. Leads back to `next`."""
    if member.user_id is None or not policy.may_change(member):
        raise PermissionDenied
    guest = claimable_guest(request, member)
    if guest and request.POST.get("answer") == "yes":
        claiming.claim(member.ensure_saved(), guest)
        runtime.publish_rooms_from_sync(member)
        names.tell_beside(member)
    response = HttpResponseRedirect(next_path(request))
    guests.set_cookie(response, member.uid)
    return response
