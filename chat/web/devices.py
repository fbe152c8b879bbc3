"""Continue on another device: a link and its QR code make the device the same person."""

from base64 import b64encode
from typing import Any

from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.utils import perform_login
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.identity import credentials_of, find_speaker, hold_speaker
from chat.live.rates import DEVICE_LINK, SIGN_IN
from chat.models import DeviceLink, Member
from chat.models.device_link import LINK_MINUTES, LinkOwner, link_id
from chat.web import qr, rates
from chat.web.guests import change_view, guest_view, set_cookie


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@change_view
def new_link(request: HttpRequest, member: Member) -> HttpResponse:
    """Show a new link, which replaces an earlier one. A GET shows the button. Raises TooFast."""
    context: dict[str, Any] = {"person": member, "minutes": LINK_MINUTES}
    if request.method == "POST":
        rates.count(request, member, DEVICE_LINK)
        token = _make_link(request, member)
        if token is None:
            return redirect("device")  # shows who the browser is now
        address = request.build_absolute_uri(reverse("device_link", args=[token]))
        code = b64encode(qr.draw(address)).decode()
        context |= {
            "address": address,
            "code": f"data:image/svg+xml;base64,{code}",
            "id": link_id(token),
        }
    return render(request, "account/device.html", context)


@transaction.atomic
def _make_link(request: HttpRequest, member: Member) -> str | None:
    """The token of a new link; None if the member's session or account has ended by now."""
    speaker = hold_speaker(credentials_of(request.COOKIES))
    is_same = (member.user_id is None) == (speaker.session is None)
    if not (is_same and speaker.member.is_active):
        return None
    return DeviceLink.objects.make(member, speaker.session)


@never_cache
@require_safe
@guest_view
def link_state(request: HttpRequest, member: Member, id: str) -> HttpResponse:
    """Whether the link that the page shows can still be used, as JSON."""
    return JsonResponse({"waits": DeviceLink.objects.is_waiting(member, id)})


@require_POST
@change_view
def revoke_link(request: HttpRequest, member: Member) -> HttpResponse:
    """Make the member's link worthless, if there is one."""
    DeviceLink.objects.revoke(member)
    messages.info(request, gettext("The link is cancelled."))
    return redirect("device")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def use_link(request: HttpRequest, token: str) -> HttpResponse:
    """Asks first: previews of links open them as well. Raises TooFast.

    For whoever has the link, also where guests may not enter: it may be that of an account.
    """
    now = find_speaker(credentials_of(request.COOKIES)).member
    if request.method == "POST":
        rates.count_sign_in(request, None, SIGN_IN)
        owner = DeviceLink.objects.use(token)
        if owner:
            return _become(request, now, owner)
    else:
        owner = DeviceLink.objects.owner(token)
    context = {
        "owner": owner,
        "is_same": owner is not None and owner.member.uid == now.uid,
        "before": now if owner and now.is_saved and now.uid != owner.member.uid else None,
    }
    response = render(request, "account/device_link.html", context, status=200 if owner else 404)
    response["Referrer-Policy"] = "strict-origin"  # the address is a secret, also to our own logs
    return response


def _become(request: HttpRequest, now: Member, owner: LinkOwner) -> HttpResponse:
    """Sign in to the account, past its second factor; or take the cookie of the guest.

    A browser that is signed in stays so: the start page asks whether the guest was the user.
    """
    if owner.user:
        request.session.flush()
        response: HttpResponse = perform_login(
            request,
            owner.user,
            email_verification=EmailVerificationMethod.NONE,
            redirect_url=reverse("index"),
        )
        return response
    if now.user_id is None:
        request.session.flush()
    response = redirect("index")
    set_cookie(response, owner.member.uid)
    return response
