"""Web push: registering browsers, and the page where people choose what they get."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import browsers
from chat import policy
from chat.identity import credentials_of, hold_speaker
from chat.models import Job, Member, PushDevice, PushSettings
from chat.push import vapid
from chat.push.jobs import TRIAL
from chat.web.guests import change_view, guest_view
from chat.web.push_forms import PushDeviceForm, PushRoomsForm, PushSettingsForm

DIGITS_MAX = 18


@never_cache
@require_safe
@guest_view
def key(request: HttpRequest, member: Member) -> JsonResponse:
    """The key to subscribe with, and what a service worker needs to register: it has no page."""
    return JsonResponse({"key": vapid.ensure_key().public, "csrf": get_token(request)})


@require_POST
@change_view
def register(request: HttpRequest, member: Member) -> HttpResponse:
    """Register the browser as a device of the member. Answers 204.

    A guest who is not stored is in no room, so nothing would ever be pushed: nothing is stored.
    """
    form = PushDeviceForm(request.POST)
    if not form.is_valid():
        detail = next(iter(form.errors.values()))[0]
        return JsonResponse({"error": {"code": "bad_device", "detail": detail}}, status=422)
    if member.is_saved:
        _register(request, member, form)
    else:  # whoever used the browser before has gone
        PushDevice.objects.filter(endpoint=form.cleaned_data["endpoint"]).delete()
    return HttpResponse(status=204)


@transaction.atomic
def _register(request: HttpRequest, member: Member, form: PushDeviceForm) -> None:
    """Unless the member's session or account has ended by now."""
    speaker = hold_speaker(credentials_of(request.COOKIES))
    if speaker.member.pk != member.pk or not speaker.member.is_active:
        return
    data = form.cleaned_data
    if data["former"]:
        PushDevice.objects.filter(member=member, endpoint=data["former"]).delete()
    PushDevice.objects.register(
        member,
        data["endpoint"],
        p256dh=data["p256dh"],
        auth=data["auth"],
        session=speaker.session or "",
        language=get_language() or "en",
        name=browsers.described(request.headers.get("User-Agent", "")),
    )


@require_POST
@change_view
def unregister(request: HttpRequest, member: Member) -> HttpResponse:
    """Forget the browser with this endpoint, if it is the member's. Answers 204."""
    if member.is_saved:
        endpoint = request.POST.get("endpoint", "")
        PushDevice.objects.filter(member=member, endpoint=endpoint).delete()
    return HttpResponse(status=204)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@guest_view
def notifications(request: HttpRequest, member: Member) -> HttpResponse:
    """Show what is pushed to whom. A POST saves that, sends a test, or forgets a device."""
    if request.method != "POST" or not (member.is_saved and policy.may_change(member)):
        return _page(request, member, *_forms(member))
    if "test" in request.POST:
        return _test(request, member)
    if "device" in request.POST:
        return _forget(request, member)
    settings_form, rooms_form = _forms(member, request)
    if not (settings_form.is_valid() and rooms_form.is_valid()):
        return _page(request, member, settings_form, rooms_form, status=422)
    settings_form.save()
    rooms_form.save()
    messages.success(request, gettext("Your notifications are saved."))
    return redirect("account_notifications")


def _forms(
    member: Member, request: HttpRequest | None = None
) -> tuple[PushSettingsForm, PushRoomsForm]:
    data = request.POST if request else None
    own = PushSettings.objects.filter(member=member.pk).first() or PushSettings(member=member)
    return PushSettingsForm(data, instance=own), PushRoomsForm(data, member=member)


def _test(request: HttpRequest, member: Member) -> HttpResponse:
    devices = PushDevice.objects.begin_test(member)
    for device in devices:
        Job.objects.add(TRIAL, device=device)
    sent = gettext("A notification is on its way to your devices.")
    early = gettext("Nothing was sent: there is no device yet, or the last test was just now.")
    messages.info(request, sent if devices else early)
    return redirect("account_notifications")


def _forget(request: HttpRequest, member: Member) -> HttpResponse:
    typed = request.POST["device"]
    pk = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= DIGITS_MAX else 0
    if PushDevice.objects.filter(member=member, pk=pk).delete()[0]:
        messages.info(request, gettext("That device gets no more notifications."))
    return redirect("account_notifications")


def _page(
    request: HttpRequest,
    member: Member,
    settings_form: PushSettingsForm,
    rooms_form: PushRoomsForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "person": member,
        "form": settings_form,
        "rooms_form": rooms_form,
        "devices": PushDevice.objects.filter(member=member.pk).order_by("-seen_at"),
    }
    return render(request, "account/notifications.html", context, status=status)
