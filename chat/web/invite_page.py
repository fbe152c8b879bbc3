"""/invite/<token>/: who invites into which room, and the way in. A GET changes nothing."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import invites as sign_up_invites
from chat import access, invites, runtime
from chat.journal import Refused
from chat.journal.roster_changes import Join
from chat.live.rates import GUEST, JOIN
from chat.models import Invite, Member, Membership
from chat.web import names, rates
from chat.web.forms import NameForm
from chat.web.guests import sign_in_url, visitor_view
from chat.web.refusals import in_words

GONE, IN_ALREADY = "gone", "nothing_changes"  # codes of refusals


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@visitor_view
def invite(request: HttpRequest, member: Member, token: str) -> HttpResponse:
    """The page of an invite; a POST comes in. Raises TooFast.

    Who is in the room is led there. An invite that does not let the member in answers like one
    that never was.
    """
    rates.count(request, member, JOIN)
    response = _answer(request, member, Invite.objects.by_token(token))
    response["Referrer-Policy"] = "strict-origin"  # the address is a secret, also to our own logs
    response["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, member: Member, invite: Invite | None) -> HttpResponse:
    if invite is None:
        return _no_invite(request)
    if access.find_in(member, invite.room):
        return redirect("room", invite.room.address)
    if not invites.holds(invite, invite.room, member):
        return _no_invite(request)
    form = _name_form(request, member)
    comes_in = request.method == "POST" and invites.takes(invite, member)
    if comes_in and (form.is_valid() or not member.is_guest):
        return _come_in(request, member, invite, form)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return _page(request, member, invite, form, status)


def _name_form(request: HttpRequest, member: Member) -> NameForm:
    data = request.POST if request.method == "POST" and member.is_guest else None
    return NameForm(data, initial={"name": member.name}, member=member)


def _come_in(request: HttpRequest, member: Member, invite: Invite, form: NameForm) -> HttpResponse:
    if member.is_guest:
        names.rename(request, member, form.cleaned_data["name"])
    _store(request, member)
    try:
        runtime.append_from_sync(Join(invite.room_id, member.pk, invite.pk))
    except Refused as refused:
        if refused.code == GONE:
            return _no_invite(request)
        if refused.code != IN_ALREADY:
            return _refuse(request, member, invite, form, refused)
    return redirect("room", invite.room.address)


def _store(request: HttpRequest, member: Member) -> None:
    """Store the member before the change, which names the member by a primary key."""
    if not member.is_saved:
        if member.is_guest:
            rates.count(request, member, GUEST)
            Member.objects.name_guests([member])
        member.ensure_saved()


def _refuse(
    request: HttpRequest, member: Member, invite: Invite, form: NameForm, refused: Refused
) -> HttpResponse:
    error = in_words(refused.detail)
    return _page(request, member, invite, form, HTTPStatus.CONFLICT, error=error)


def _page(
    request: HttpRequest,
    member: Member,
    invite: Invite,
    form: NameForm,
    status: HTTPStatus,
    error: str = "",
) -> HttpResponse:
    context = {
        "invite": invite,
        "room": invite.room,
        "people": Membership.objects.filter(room=invite.room).count(),
        "member": member,
        "takes_member": invites.takes(invite, member),
        "form": form,
        "error": error,
        "sign_in_url": sign_in_url(request),
        "sign_up_url": _sign_up_url(request),
    }
    return render(request, "chat/invite.html", context, status=status)


def _sign_up_url(request: HttpRequest) -> str | None:
    """Where the visitor makes an account: with SIGNUP=invite, the room's invite is one for that."""
    if sign_up_invites.may_sign_up(request):
        return f"{reverse('account_signup')}?{urlencode({'next': request.path})}"
    if settings.SIGNUP == "invite":
        return sign_up_invites.visitor_path(next=request.path)
    return None


def _no_invite(request: HttpRequest) -> HttpResponse:
    """The same for all invites that let nobody in, and for all other texts."""
    return render(request, "chat/no_invite.html", status=HTTPStatus.NOT_FOUND)
