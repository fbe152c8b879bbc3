"""/accounts/data/: download what one left here, and delete the account."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import operators
from accounts.models import User
from chat.live.rates import DOWNLOAD
from chat.models import Member
from chat.personal_data import archive, deletion
from chat.web import rates
from chat.web.guests import guest_view, set_new_guest

CLAIMED_SHOWN = 20  # guests that are named


class DeletionForm(forms.Form):
    """What becomes of the messages."""

    messages = forms.ChoiceField(
        label=gettext_lazy("What you wrote"),
        choices={
            "keep": gettext_lazy("Leave my messages, under “Former member”"),
            "delete": gettext_lazy("Delete my messages, too"),
        },
        initial="keep",
        widget=forms.RadioSelect,
    )


@never_cache
@require_safe
@login_required
def data(request: HttpRequest) -> HttpResponse:
    """The page that offers the download, and leads to the deletion."""
    return render(request, "account/data.html")


@require_POST
@login_required
@guest_view
def download(request: HttpRequest, member: Member) -> HttpResponseBase:
    """An archive of what the user left here. Raises TooFast."""
    rates.count(request, member, DOWNLOAD)
    response = StreamingHttpResponse(archive.stream(_user(request)), content_type="application/zip")
    name = f"lobby-{timezone.now():%Y-%m-%d}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Encoding"] = "identity"  # it is compressed: GZipMiddleware leaves it alone
    response["Cache-Control"] = "no-store"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the account, for whoever has just said who they are."""
    user = _user(request)
    form = DeletionForm(request.POST or None)
    context: dict[str, Any] = {
        "form": form,
        "claimed": Member.objects.filter(claimed_by=user).order_by("pk")[:CLAIMED_SHOWN],
        "is_last_operator": operators.is_last_operator(user),
    }
    if not form.is_valid():
        return render(request, "account/delete.html", context)
    try:
        deletion.delete_account(user, with_messages=form.cleaned_data["messages"] == "delete")
    except operators.LastOperator:
        return render(request, "account/delete.html", context, status=409)
    logout(request)
    messages.info(request, gettext("Your account is deleted."))
    response = redirect("account_login")
    set_new_guest(response)
    return response


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # `login_required`
    return request.user
