"""/: a form with a name and a room, and the rooms of the list. A GET creates neither."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from chat import policy
from chat.models import Member, Subscription, direct_rooms
from chat.web import names, unguessable_names
from chat.web.caching import no_cache
from chat.web.claims import claimable_guest
from chat.web.forms import EnterForm
from chat.web.guests import guest_view

ROOMS_LISTED = 20


@no_cache
@require_http_methods(["GET", "HEAD", "POST"])
@guest_view
def index(request: HttpRequest, member: Member) -> HttpResponse:
    """The start page: a form with a name and a room, and the rooms of the list, by last visit."""
    initial = {"name": member.name}
    form = EnterForm(request, request.POST or None, initial=initial, member=member)
    if form.is_valid():
        if policy.may_change(member):
            names.rename(request, member, form.cleaned_data["name"])
        return redirect(form.cleaned_data["room"].path)
    subscriptions = list(
        Subscription.objects.current(member)[:ROOMS_LISTED] if member.is_saved else ()
    )
    direct_rooms.name_for([member.pk], [it.room for it in subscriptions])
    claimable = claimable_guest(request, member)
    context = {
        "form": form,
        "subscriptions": subscriptions,
        "claimable": claimable,
        "may_begin_private_rooms": policy.may_begin_private_rooms(member),
        "suggested": unguessable_names.suggest(),
        "has_news": member.has_news,
    }
    return render(request, "chat/index.html", context, status=422 if form.is_bound else 200)
