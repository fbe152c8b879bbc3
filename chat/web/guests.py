"""Who asks for a page: passes the member to the view, and sets the guest cookie."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from chat import policy
from chat.guest_cookie import COOKIE, COOKIE_SECONDS, cookie_names, sign
from chat.identity import Credentials, credentials_of, find_speaker
from chat.journal.changes import SIGN_IN_FIRST
from chat.models import FOR_GOOD, GuestClosing, Member, Sanction
from chat.models.sanction import network_digest
from chat.protocol import Translatable
from chat.web import log_ids
from chat.web.requests import is_for_people, network

SAFE_METHODS = {"GET", "HEAD"}
ACCOUNTS_ONLY = "sign_in_first", Translatable("Only accounts can do this. Sign in first.")


def set_cookie(response: HttpResponseBase, uid: uuid.UUID) -> None:
    """Set the guest cookie to a member's id, for COOKIE_SECONDS from now."""
    for name in cookie_names():
        response.set_cookie(
            name,
            sign(uid),
            max_age=COOKIE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def set_new_guest(response: HttpResponseBase) -> None:
    """Forget who the browser spoke as."""
    set_cookie(response, uuid.uuid4())


def visitor_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Pass the member who asks to the view as second argument, and set the guest cookie.

    The member may be a guest who may not even read.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        credentials = _credentials(request)
        speaker = find_speaker(credentials)
        if speaker.is_signed_out and credentials.session_key:
            request.session.flush()
        elif speaker.session and speaker.member.user:
            request.user = speaker.member.user  # for templates, which would read both again
        member = Member.new_guest(uuid.uuid4()) if speaker.member.is_former else speaker.member
        log_ids.note(member=str(member.uid))
        if not member.is_active:
            return _shut_out(request, member)
        _find_out_more(request, member)
        response = view(request, member, *args, **kwargs)
        is_signed_in = speaker.session is not None
        if COOKIE not in response.cookies:
            set_cookie(response, (is_signed_in and credentials.guest) or member.uid)
        return response

    return wrapped


def _find_out_more(request: HttpRequest, member: Member) -> None:
    """The network of a guest, and before a change, whether new guests are taken."""
    if member.is_guest and (came_from := network(request)):
        member.network_digest = network_digest(came_from)
    if request.method not in SAFE_METHODS:
        GuestClosing.objects.mark([member])


def guest_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A `visitor_view` that asks guests to sign in where they may not even read."""

    @visitor_view
    @wraps(view)
    def wrapped(
        request: HttpRequest, member: Member, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if policy.needs_account(member) and not policy.may_enter(member):
            return sign_in_first(request)
        return view(request, member, *args, **kwargs)

    return wrapped


def _credentials(request: HttpRequest) -> Credentials:
    """A page that a new browser opens takes no query to find out who asks: it changes nothing."""
    credentials = credentials_of(request.COOKIES, network(request))
    is_nobody = credentials.guest is None and credentials.session_key is None
    is_safe = request.method in SAFE_METHODS
    return credentials._replace(network=None) if is_nobody and is_safe else credentials


def _shut_out(request: HttpRequest, member: Member) -> HttpResponse:
    """Tell a blocked guest until when, and a deactivated account: the same at every door."""
    if not member.is_banned:
        return _refuse(request, "chat/deactivated.html", gettext("This account is deactivated."))
    came_from = network(request)
    if came_from and member.is_saved and member.is_guest:
        Sanction.objects.add_first_network(member, network_digest(came_from))
    until = member.banned_until
    detail = gettext("An operator has banned you.")
    return _refuse(request, "chat/banned.html", detail, until=until if until != FOR_GOOD else None)


def _refuse(request: HttpRequest, template: str, detail: str, **context: Any) -> HttpResponse:
    """A page for people, an error for programs."""
    if is_for_people(request):
        return render(request, template, context, status=403)
    return JsonResponse({"error": {"code": "not_allowed", "detail": detail}}, status=403)


def change_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A `guest_view` that changes something, for members who may."""

    @guest_view
    @wraps(view)
    def wrapped(
        request: HttpRequest, member: Member, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if policy.may_change(member):
            return view(request, member, *args, **kwargs)
        if policy.needs_account(member):
            return sign_in_first(request)
        raise PermissionDenied

    return wrapped


def account_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A `guest_view` for members with an account. Guests are asked to sign in."""

    @guest_view
    @wraps(view)
    def wrapped(
        request: HttpRequest, member: Member, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if member.user_id is None:
            return sign_in_first(request, ACCOUNTS_ONLY)
        return view(request, member, *args, **kwargs)

    return wrapped


def sign_in_first(
    request: HttpRequest, refusal: tuple[str, Translatable] = SIGN_IN_FIRST
) -> HttpResponse:
    """Ask a guest to sign in: the page for people, 401 for programs."""
    if is_for_people(request) and request.method in SAFE_METHODS:
        return redirect(sign_in_url(request))
    code, detail = refusal
    error = {"code": code, "detail": gettext(detail.text)}
    return JsonResponse({"error": error}, status=401)


def sign_in_url(request: HttpRequest) -> str:
    """The page to sign in, which leads back to this one."""
    return redirect_to_login(request.get_full_path()).url
