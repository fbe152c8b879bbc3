"""What a push says, in the language of its browser. The service worker shows it."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from chat.formatting.isolates import isolate
from chat.models import Member, Message, PushDevice, Room
from chat.push.excerpt import excerpt_of
from chat.push.recipients import Wanted

Content = dict[str, Any]  # JSON


def content_of(wanted: Wanted, badge: int) -> Content:
    """What the push of a message says. `badge`: how many mentions are unread."""
    message, room, me = wanted.message, wanted.room, wanted.device.member
    with translation.override(wanted.device.language):
        if not wanted.settings.shows_text:
            return {**_something_new(), "badge": badge, "url": address_of(message, room)}
        return {
            "title": _title(message, room, me),
            "body": excerpt_of(message),
            "tag": f"{room.uid} {message.seq}",  # as the page's own notification
            "room": str(room.uid),
            "url": address_of(message, room),
            "at": int(message.sent_at.timestamp() * 1_000),
            "badge": badge,
        }


def trial_content(device: PushDevice) -> Content:
    """What the button of the settings sends."""
    with translation.override(device.language):
        return {
            "title": "Lobby",
            "body": gettext("Notifications reach this device."),
            "tag": "test",
            "url": f"{settings.ROOT_PATH}/accounts/notifications/",
        }


def address_of(message: Message, room: Room) -> str:
    """Where a press leads: to the message."""
    return f"{settings.ROOT_PATH}/chat/{quote(room.address, safe='~')}/#{message.seq}"


def _something_new() -> Content:
    """Says neither who nor where: also the tag is the same for all."""
    return {"title": "Lobby", "body": gettext("Something new for you"), "tag": "new"}


def _title(message: Message, room: Room, me: Member) -> str:
    name = isolate(message.author.name)
    if room.is_direct and room.shown_name == message.author.name:
        return message.author.name
    values = {"name": name, "room": isolate(room.shown_name)}
    if message.reply_to is not None and str(me.uid) in message.mentions:
        return gettext("%(name)s replied to you in %(room)s") % values
    return gettext("%(name)s in %(room)s") % values
