"""Pages of accounts that allauth has not, or has in another way."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.views import SignupView
from allauth.account.views import email as change_email
from allauth.mfa.webauthn.views import AddWebAuthnView
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.usersessions.internal import flows
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import browsers, invites, passkeys, setup, sign_in_links
from accounts.adapters import NO_ADDRESS
from accounts.forms import OperatorForm
from accounts.models import User

View = Callable[..., HttpResponseBase]

logger = logging.getLogger(__name__)


def with_mail(view: View) -> View:
    """A page that needs mail: without EMAIL_URL there is none."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.MAIL_IS_ON:
            raise Http404("Resolver404")
        return view(request, *args, **kwargs)

    return wrapped


def with_provider(view: View) -> View:
    """A page that asks the OpenID Connect provider, which may be away or answer nonsense."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (OSError, OAuth2Error) as error:  # an error of `requests` is an OSError
            logger.warning("the OpenID Connect provider does not answer: %s", error)
            return render(request, "socialaccount/authentication_error.html", status=502)

    return wrapped


@login_required
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def email(request: HttpRequest) -> HttpResponseBase:
    """allauth's page. A new address asks for the password: the address can reset that."""
    response: HttpResponseBase = change_email(request)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """For an account that has nothing else to confirm with. A GET shows the button."""
    leads_to = request.POST.get("next") or request.GET.get("next") or reverse("account_profile")
    if request.method == "POST":
        logout(request)
        return redirect_to_login(leads_to)
    return render(request, "account/sign_in_again.html", {"leads_to": leads_to})


class SignUpView(SignupView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        invites.remember(request)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                response: HttpResponse = super().form_valid(form)
                return response
        except IntegrityError:  # somebody took the name between the check and this
            form.add_error("username", gettext("A user with that username already exists."))
            self.request.session.flush()
            invalid: HttpResponse = self.form_invalid(form)
            return invalid


class AddPasskeyView(AddWebAuthnView):
    """allauth's, up to a number of passkeys."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if passkeys.are_full(request.user.pk):
            messages.error(request, passkeys.full())
            return redirect("mfa_list_webauthn")
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response

    @method_decorator(transaction.atomic)
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        User.objects.select_for_update().filter(pk=request.user.pk or 0).first()  # one at a time
        response: HttpResponseBase = super().post(request, *args, **kwargs)
        return response


class SessionsView(ListUserSessionsView):
    """Where one is signed in. Ends one session, or all others."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["sessions"] = sorted(
            context["sessions"], key=lambda it: (not it.is_current(), -it.created_at.timestamp())
        )
        for session in context["sessions"]:
            session.browser = browsers.described(session.user_agent)
            session.address = "" if session.ip == NO_ADDRESS else session.ip
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        chosen = self.request.POST.get("session")
        if chosen is None:
            response: HttpResponse = super().form_valid(form)
            return response
        session = UserSession.objects.filter(user=self.request.user, pk=_number(chosen)).first()
        if session is None:
            return redirect("usersessions_list")
        flows.sessions.end_sessions(self.request, [session])
        if session.session_key == self.request.session.session_key or (
            not self.request.user.is_authenticated
        ):
            return redirect("index")
        get_adapter().add_message(
            self.request, messages.INFO, message=gettext("That session has ended.")
        )
        return redirect("usersessions_list")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def first_operator(request: HttpRequest, token: str) -> HttpResponse:
    """Makes the first account, an operator, and signs it in."""
    if not setup.is_token(token) or setup.is_done():
        raise Http404("Resolver404")
    form = OperatorForm(request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "account/setup.html", {"form": form}, status=status)
    try:
        user = setup.make_operator(**form.cleaned_data)
    except setup.AlreadyDone:
        raise Http404("Resolver404") from None
    _sign_in(request, user)
    return redirect("index")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Signs in once. Asks first: previews of links open them as well."""
    if request.method == "POST":
        user = sign_in_links.use(key, token)
        if user:
            _sign_in(request, user)
            return redirect("account_profile")
    else:
        user = sign_in_links.owner(key, token)
    context = {"owner": user}
    return render(request, "account/sign_in_link.html", context, status=200 if user else 404)


def _sign_in(request: HttpRequest, user: User) -> None:
    request.session.flush()
    get_adapter().login(request, user)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return redirect("account_profile" if request.user.is_authenticated else "account_login")


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """allauth's answer above one of its rates."""
    detail = gettext("Too many attempts. Try again in a few minutes.")
    response = render(request, "429.html", {"detail": detail}, status=429)
    response["Retry-After"] = "300"
    return response
