"""Continue on another device: a link and its QR code make the device the same person."""

from base64 import b64encode
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chat.identity import find_speaker
from chat.live.rates import DEVICE_LINK, SIGN_IN
from chat.models import DeviceLink, Member
from chat.models.device_link import LINK_MINUTES
from chat.web import qr, rates
from chat.web.guests import change_view, credentials_of, set_cookie


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@change_view
def new_link(request: HttpRequest, member: Member) -> HttpResponse:
    """Show a new link, which replaces an earlier one. A GET shows the button. Raises TooFast."""
    context: dict[str, Any] = {"person": member, "minutes": LINK_MINUTES}
    if request.method == "POST":
        rates.count(request, member, DEVICE_LINK)
        session = find_speaker(credentials_of(request.COOKIES)).session
        token = DeviceLink.objects.make(member, session)
        address = request.build_absolute_uri(reverse("device_link", args=[token]))
        code = b64encode(qr.draw(address)).decode()
        context |= {"address": address, "code": f"data:image/svg+xml;base64,{code}"}
    return render(request, "account/device.html", context)


@require_POST
@change_view
def revoke_link(request: HttpRequest, member: Member) -> HttpResponse:
    DeviceLink.objects.revoke(member)
    return redirect("index")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def use_link(request: HttpRequest, token: str) -> HttpResponse:
    """Asks first: previews of links open them as well. Raises TooFast.

    For whoever has the link, also where guests may not enter: it may be that of an account.
    """
    if request.method == "POST":
        rates.count_sign_in(request, None, SIGN_IN)
        owner = DeviceLink.objects.use(token)
        if owner:
            return _become(request, *owner)
    else:
        owner = DeviceLink.objects.owner(token)
    context = {"owner": owner, "before": owner and _somebody_else(request, owner.member)}
    return render(request, "account/device_link.html", context, status=200 if owner else 404)


def _somebody_else(request: HttpRequest, member: Member) -> Member | None:
    """Who the browser speaks as, if that is somebody who has been here and not the member."""
    now = find_speaker(credentials_of(request.COOKIES)).member
    return now if now.is_saved and now.uid != member.uid else None


def _become(request: HttpRequest, member: Member, user: Any) -> HttpResponse:
    request.session.flush()
    response = redirect("index")
    if user:
        get_adapter().login(request, user)
    else:
        set_cookie(response, member.uid)
    return response
