"""The picture of a room."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from chat.access import Found
from chat.files import own_pictures
from chat.journal import Refused
from chat.models import Member
from chat.policy import Action
from chat.web import names, pictures
from chat.web.files.door import is_announcement
from chat.web.pictures import PictureForm
from chat.web.settings import door, page
from chat.web.settings.door import settings_change


@settings_change(Action.SET_PICTURE)
def set_picture(request: HttpRequest, member: Member, found: Found) -> HttpResponse:
    """Give the room the `picture`; with `remove`, take it away. Raises TooFast."""
    if is_announcement(request):
        return pictures.accept()
    if request.POST.get("remove"):
        return _remove(request, member, found)
    form = PictureForm(request)
    room = found.room
    if pictures.receive(
        request, member, form, lambda path, name: own_pictures.give_room(member, room, path, name)
    ):
        return _answer(request, found, gettext("The picture of the room is saved."))
    return page.render_page(request, member, found, picture_form=form)


def _remove(request: HttpRequest, member: Member, found: Found) -> HttpResponse:
    try:
        own_pictures.take_from_room(member, found.room)
    except Refused as refusal:
        return door.refuse(request, found, refusal)
    return _answer(request, found, gettext("The room has no picture now."))


def _answer(request: HttpRequest, found: Found, message: str) -> HttpResponse:
    names.tell_room(found.room)
    messages.success(request, message)
    return redirect(reverse("room_settings", args=[found.room.address]))
