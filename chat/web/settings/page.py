"""The page of a room's settings. What the viewer may not do is not shown."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.access import Found
from chat.models import Member
from chat.policy import Action
from chat.web import invites, room_keeping
from chat.web.guests import guest_view
from chat.web.people_forms import PeopleForm
from chat.web.pictures import PictureForm
from chat.web.settings import door, held_list, knock_list, roster, sanctions
from chat.web.settings.forms import AddForm, FilterForm, HistoryForm, NewRoleForm, RetentionForm
from chat.web.time_zones import zone_of


@never_cache
@require_safe
@guest_view
def show(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """The settings of a room: ?q= finds people, ?page= shows more of them."""
    return render_page(request, member, door.find(member, room_name))


def render_page(
    request: HttpRequest,
    member: Member,
    found: Found,
    form: PeopleForm | None = None,
    picture_form: PictureForm | None = None,
) -> HttpResponse:
    """`form` or `picture_form` is one that was sent, and has errors."""
    room = found.room
    typed, number = request.GET.get("q", ""), request.GET.get("page", "1")
    context = {
        "room": room,
        "title": room.shown_name,
        "may": {it.name.lower(): found.may(member, it) for it in Action},
        "people": roster.people(member, found, typed, number),
        "add_form": form if isinstance(form, AddForm) else AddForm(room),
        "role_form": form if isinstance(form, NewRoleForm) else NewRoleForm(),
        "picture_form": picture_form or PictureForm(),
        "history_form": HistoryForm(initial={"history": room.history}, auto_id="history-%s"),
        "retention_form": RetentionForm(kept_days=room.kept_days),
        "retention_days": settings.RETENTION_DAYS,  # elsewhere
        "filter_form": FilterForm(room) if found.may(member, Action.SET_FILTER) else None,
        "guests_may_send_files": settings.GUEST_FILES,  # where the room lets them
        "knocking": knock_list.of(member, found),
        "held": held_list.of(member, found),
        "moderation": sanctions.section(member, found),
        "keeping": room_keeping.section(member, found),
        "is_only_owner": roster.only_owner(room) == member.pk,
        **invites.context(request, member, found),
    }
    with timezone.override(zone_of(member)):
        return render(
            request, "chat/settings/page.html", context, status=422 if form or picture_form else 200
        )
