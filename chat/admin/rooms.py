"""Rooms, and which people are in them."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy

from chat.admin.tables import JournalAdmin, LargeTableAdmin, ago
from chat.models import Room, Subscription


@admin.register(Room)
class RoomAdmin(JournalAdmin):
    list_display = ["name", "topic", "last_message", "opened"]
    list_filter = ["posted_at", "created_at"]
    search_fields = ["name", "key", "topic", "uid"]
    ordering = ["-pk"]

    def view_on_site(self, room: Room) -> str:
        return reverse("room", args=[room.address])

    @admin.display(description=gettext_lazy("last message"), ordering="posted_at")
    def last_message(self, room: Room) -> str:
        return ago(room.posted_at)

    @admin.display(description=gettext_lazy("opened"), ordering="created_at")
    def opened(self, room: Room) -> str:
        return ago(room.created_at)


@admin.register(Subscription)
class SubscriptionAdmin(LargeTableAdmin):
    list_display = ["member", "room", "kept_at", "visited_at"]
    list_select_related = ["member", "room"]
    search_fields = ["member__name", "room__name"]
    raw_id_fields = ["member", "room"]
