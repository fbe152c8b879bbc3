"""/chat/<room>/settings/webhooks/: outgoing webhooks. A secret is shown once."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from chat import runtime
from chat.access import Found
from chat.formatting import NAME_MAX_CHARACTERS
from chat.live.rates import MESSAGE
from chat.models import Hears, Member, Webhook
from chat.models.webhook import URL_MAX_CHARACTERS
from chat.policy import Action
from chat.programs.keeping import NotAllowed, ProgramKind
from chat.web import rates
from chat.web.doors import RoomNotFound
from chat.web.guests import change_view, guest_view
from chat.web.refusals import in_words
from chat.web.settings import programs
from chat.web.settings.door import LINE_BYTES, PERSON_BYTES, settings_change
from chat.web.time_zones import zone_of
from chat.webhooks import making
from chat.webhooks.client import UnusableAddress, target
from chat.webhooks.making import OWNED_MAX, WEBHOOKS_MAX, TooManyWebhooks

TOO_MANY = gettext_lazy(
    "A room has at most %(room)s webhooks, and a person %(person)s. Delete one first."
)
TOLD = {
    "pause": gettext_lazy("“%(name)s” is paused. What happens meanwhile waits for it."),
    "resume": gettext_lazy("“%(name)s” goes on where it stopped."),
    "test": gettext_lazy("A test is on its way. Load the page again to see what came of it."),
    "delete": gettext_lazy("“%(name)s” is deleted."),
}
TESTED = gettext_lazy("A test was sent just now. Wait a moment.")


class WebhookForm(programs.NewBotForm):
    """A new webhook: the name of its bot, its receiver, and what it is told."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Its bot is in the room by this name, and says what is answered."),
        max_length=NAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "autofocus": True}),
    )
    url = forms.CharField(
        label=gettext_lazy("Address of the receiver"),
        help_text=gettext_lazy("It begins with https://, and is in the internet."),
        max_length=URL_MAX_CHARACTERS,
        widget=forms.URLInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    hears = forms.ChoiceField(label=gettext_lazy("What it is told"), choices=Hears.choices)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="webhook-%s")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            target(url)
        except UnusableAddress:
            unusable = gettext(
                "Nothing is pushed to such an address. It begins with https://, has no other port"
                " and no password, and is not this server."
            )
            raise forms.ValidationError(unusable) from None
        return url


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest, room_name: str) -> HttpResponseBase:
    """The webhooks of a room. A POST makes one, and shows its secret."""
    view = _make if request.method == "POST" else _show
    return view(request, room_name=room_name)


@settings_change(Action.SET_PROGRAMS)
def change_webhook(request: HttpRequest, member: Member, found: Found, uid: UUID) -> HttpResponse:
    """Do what `act` says: pause, resume, renew, test or delete. Raises TooFast."""
    webhook = making.find(found.room, uid)
    act = ACTS.get(request.POST.get("act", ""))
    if webhook is None or act is None:
        raise Http404("There is no such webhook.")
    rates.count(request, member, MESSAGE)
    try:
        return act(request, member, found, webhook)
    except NotAllowed:
        raise RoomNotFound from None


@guest_view
def _show(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    return _page(request, member, programs.find(member, room_name))


@sensitive_variables("webhook")
@change_view
def _make(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    found, form = programs.find(member, room_name), WebhookForm(request.POST)
    if not form.is_valid():
        return _page(request, member, found, form=form)
    rates.count(request, member, MESSAGE, bytes=LINE_BYTES + PERSON_BYTES)
    try:
        webhook = making.make(member, found.room, **form.cleaned_data)
    except NotAllowed:
        raise RoomNotFound from None
    except TooManyWebhooks:
        form.add_error(None, TOO_MANY % {"room": WEBHOOKS_MAX, "person": OWNED_MAX})
        return _page(request, member, found, form=form)
    if refusal := programs.add(member, found, webhook.bot, ProgramKind.WEBHOOK):
        making.discard(webhook)
        form.add_error(None, in_words(refusal.detail))
        return _page(request, member, found, form=form)
    runtime.publish_webhook_from_sync(webhook)
    return _page(request, member, found, new=webhook)


def _pause(request: HttpRequest, member: Member, found: Found, webhook: Webhook) -> HttpResponse:
    making.pause(member, webhook)
    return _told(request, found, webhook, TOLD["pause"])


def _resume(request: HttpRequest, member: Member, found: Found, webhook: Webhook) -> HttpResponse:
    making.resume(member, webhook)
    return _told(request, found, webhook, TOLD["resume"])


def _test(request: HttpRequest, member: Member, found: Found, webhook: Webhook) -> HttpResponse:
    is_asked = making.ask_for_test(member, webhook)
    return _told(request, found, webhook, TOLD["test"] if is_asked else TESTED)


@sensitive_variables("webhook")
def _renew(request: HttpRequest, member: Member, found: Found, webhook: Webhook) -> HttpResponse:
    webhook.secret = making.renew_secret(member, webhook)
    return _page(request, member, found, new=webhook)


def _delete(request: HttpRequest, member: Member, found: Found, webhook: Webhook) -> HttpResponse:
    """What its bot said stays; it leaves the rooms that it is in."""
    leaving = making.delete(member, webhook)
    runtime.append_all_from_sync(leaving)
    return _told(request, found, webhook, TOLD["delete"])


ACTS = {"pause": _pause, "resume": _resume, "test": _test, "renew": _renew, "delete": _delete}


def _told(request: HttpRequest, found: Found, webhook: Webhook, text: Any) -> HttpResponse:
    if webhook.pk:
        runtime.publish_webhook_from_sync(webhook)
    messages.success(request, text % {"name": webhook.name})
    return redirect("room_webhooks", found.room.address)


@sensitive_variables("new", "context")
def _page(
    request: HttpRequest,
    member: Member,
    found: Found,
    *,
    form: WebhookForm | None = None,
    new: Webhook | None = None,
) -> HttpResponse:
    """`form` is one that was sent, and has errors; `new` has a secret to be shown."""
    rows = Webhook.objects.with_all().filter(room=found.room).order_by("-pk")
    context = {
        "room": found.room,
        "title": found.room.shown_name,
        "rows": [_row(it) for it in rows],
        "form": form or WebhookForm(),
        "is_full": len(rows) >= WEBHOOKS_MAX,
        "new": new,
    }
    with timezone.override(zone_of(member)):
        status = 422 if form else 200
        return render(request, "chat/settings/webhooks.html", context, status=status)


def _row(webhook: Webhook) -> dict[str, Any]:
    return {"webhook": webhook, "host": target_host(webhook.url)}


def target_host(url: str) -> str:
    """Where it goes, without what only the receiver should know."""
    try:
        return target(url).authority
    except UnusableAddress:  # ALLOWED_HOSTS may have it since
        return "–"
