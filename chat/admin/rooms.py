"""Open rooms, and which people are in them. Of others, `chat/admin/private_rooms.py`."""

from typing import Any
from urllib.parse import quote

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.formats import localize
from django.utils.translation import gettext, gettext_lazy

from chat.admin import disk_use, private_rooms
from chat.admin.tables import JournalAdmin, LargeTableAdmin, OperatorActions, ago, link, room_link
from chat.models import Room, RoomKind, Subscription


@admin.register(Room)
class RoomAdmin(OperatorActions, JournalAdmin):
    list_display = ["name", "topic", "state", "messages", "files", "last_message", "opened"]
    list_display += ["page_link", "log_link"]
    readonly_fields = ["disk_use"]
    list_filter = ["posted_at", "created_at"]
    search_fields = ["name", "key", "topic", "uid", "former_names__key"]
    ordering = ["-pk"]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(private_rooms.view_for(self))
        return [path("private/", view, name="chat_room_private"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rooms: QuerySet[Any] = super().get_queryset(request).filter(kind=RoomKind.OPEN)
        return disk_use.with_counts(rooms)

    def view_on_site(self, room: Room) -> str:
        return reverse("room", args=[room.address])

    @admin.display(description=gettext_lazy("last message"), ordering="posted_at")
    def last_message(self, room: Room) -> str:
        return ago(room.posted_at)

    @admin.display(description=gettext_lazy("opened"), ordering="created_at")
    def opened(self, room: Room) -> str:
        return ago(room.created_at)

    @admin.display(description=gettext_lazy("messages"), ordering="message_count")
    def messages(self, room: Any) -> str:
        return str(localize(room.message_count))

    @admin.display(description=gettext_lazy("files"), ordering="file_bytes")
    def files(self, room: Any) -> str:
        return filesizeformat(room.file_bytes)

    @admin.display(description=gettext_lazy("disk use, about"))
    def disk_use(self, room: Room) -> str:
        texts, index, files = map(filesizeformat, disk_use.disk_use(room))
        told = gettext("texts %(texts)s, search index %(index)s, files %(files)s")
        return told % {"texts": texts, "index": index, "files": files}

    @admin.display(description=gettext_lazy("state"))
    def state(self, room: Room) -> str:
        states = {
            gettext("deleted"): room.deleted_at is not None,
            gettext("archived"): room.is_archived,
            gettext("locked"): room.is_locked,
            gettext("slow mode"): room.slow_seconds > 0,
        }
        return ", ".join(it for it, is_so in states.items() if is_so) or "–"

    @admin.display(description=gettext_lazy("page"))
    def page_link(self, room: Room) -> str:
        return room_link(room)

    @admin.display(description=gettext_lazy("log"))
    def log_link(self, room: Room) -> str:
        return link(f"{reverse('moderation_log')}?room={quote(room.key)}", gettext("Log"))


@admin.register(Subscription)
class SubscriptionAdmin(LargeTableAdmin):
    list_display = ["member", "room", "kept_at", "visited_at"]
    list_select_related = ["member", "room"]
    search_fields = ["member__name", "room__name"]
    readonly_fields = ["member", "room"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        subscriptions: QuerySet[Any] = super().get_queryset(request)
        return subscriptions.filter(room__kind=RoomKind.OPEN)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # visits make them
