"""Rates of pages and forms: counts requests, and answers with 429 what exceeds a rate."""

from collections.abc import Awaitable, Callable
from math import ceil
from typing import Any

from asgiref.sync import async_to_sync, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.formats import localize

from chat import runtime
from chat.live.rates import (
    ADMIN_SIGN_IN,
    MAIL,
    PAGE,
    SIGN_IN,
    SIGN_UP,
    Client,
    TooFast,
)
from chat.models import Member
from chat.web import log_ids
from chat.web.requests import is_for_people, network

FORMS = {  # whose use has a rate that `authenticate` does not count
    "admin:password_change": ADMIN_SIGN_IN,  # compares a password without signing in
    "account_change_password": SIGN_IN,
    "account_signup": SIGN_UP,
    "socialaccount_signup": SIGN_UP,
    "account_reset_password": MAIL,
    "account_email": MAIL,
}
SESSION_STARTS = {  # whose GET stores a session: a question to a passkey, or to a provider
    "mfa_login_webauthn": SIGN_IN,
    "openid_connect_login": SIGN_IN,
}


class RatesMiddleware:
    """Counts each request by its network, before the threads that answer it.

    Answers TooFast, which views and authentication backends raise.
    """

    async_capable, sync_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self._get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            await _count(Client(None, network(request)), PAGE)
        except TooFast as too_fast:
            return too_many_requests(request, too_fast)
        return await self._get_response(request)

    def process_view(self, request: Any, *args: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name
        log_ids.note(page=name or "")
        action = SESSION_STARTS.get(name) or (request.method == "POST" and FORMS.get(name))
        if action:
            try:
                count_sign_in(request, getattr(request.user, "username_key", None), action)
            except TooFast as too_fast:
                return too_many_requests(request, too_fast)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return too_many_requests(request, error) if isinstance(error, TooFast) else None


def count(
    request: HttpRequest, member: Member, *actions: str, bytes: int = 0, uploaded: int = 0
) -> None:
    """Count what a member does with a request. Raises TooFast.

    `bytes`: what the database will grow by, about. `uploaded`: the bytes of a file.
    """
    client = Client(str(member.uid), network(request), is_guest=member.is_guest)
    _count_from_sync(client, *actions, bytes=bytes, uploaded=uploaded)


def count_sign_in(request: HttpRequest | None, name: str | None, action: str) -> None:
    """Count an attempt to sign in with the name of an account, as its `username_key` has it.

    Raises TooFast.
    """
    _count_from_sync(Client(name, network(request) if request else None), action)


def _count_from_sync(client: Client, *actions: str, **amounts: int) -> None:
    if settings.RATES:
        async_to_sync(_count)(client, *actions, **amounts)


async def _count(client: Client, *actions: str, **amounts: int) -> None:
    if settings.RATES:
        await runtime.current().rates.count(client, *actions, **amounts)


def too_many_requests(request: HttpRequest, too_fast: TooFast) -> HttpResponse:
    """The answer 429: JSON for programs, a page for people."""
    with translation.override(translation.get_language_from_request(request)):
        values = {name: localize(value) for name, value in too_fast.detail.values.items()}
        detail = translation.gettext(too_fast.detail.text) % values
        response = _answer(request, too_fast, detail)
    response["Retry-After"] = str(ceil(too_fast.retry_after))
    response["Cache-Control"] = "no-store"
    return response


def _answer(request: HttpRequest, too_fast: TooFast, detail: str) -> HttpResponse:
    if is_for_people(request):
        return render(request, "429.html", {"detail": detail}, status=429)
    error = {"code": too_fast.code, "detail": detail, "retry_after": too_fast.retry_after}
    return JsonResponse({"error": error}, status=429)
