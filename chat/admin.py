"""The admin. Rows of a journal are read-only here: the journal announces what it changes."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy

from chat.models import Job, Member, Message, Revision, Room, Subscription


class LargeTableAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable when run
    """For large tables: short pages, and no total beside the number of search results."""

    show_full_result_count = False
    list_per_page = 50


class JournalAdmin(LargeTableAdmin):
    """Read-only: clients rely on the order and completeness of these rows."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Room)
class RoomAdmin(JournalAdmin):
    list_display = ["name", "version", "created_at"]
    search_fields = ["name", "key"]


@admin.register(Message)
class MessageAdmin(JournalAdmin):
    list_display = ["room", "seq", "author", "excerpt", "sent_at", "edited_at"]
    list_select_related = ["room", "author"]
    search_fields = ["text", "author__name", "room__name"]
    ordering = ["-pk"]
    readonly_fields = ["earlier_wordings"]

    @admin.display(description=gettext_lazy("text"))
    def excerpt(self, message: Message) -> str:
        return message.text[:80]

    @admin.display(description=gettext_lazy("earlier versions"))
    def earlier_wordings(self, message: Message) -> str:
        """The texts before each edit, for moderators. A deletion removes them."""
        revisions = Revision.objects.filter(message=message)
        rows = [(it.written_at, it.text) for it in revisions.order_by("version")]
        return format_html_join("", "<p>{}<br>{}</p>", rows) or "–"


@admin.register(Member)
class MemberAdmin(LargeTableAdmin):
    list_display = ["name", "uid", "user", "created_at"]
    list_select_related = ["user"]
    search_fields = ["name", "uid", "user__username"]
    readonly_fields = ["uid", "created_at"]
    raw_id_fields = ["user"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # messages stay, and need their author


@admin.register(Subscription)
class SubscriptionAdmin(LargeTableAdmin):
    list_display = ["member", "room", "kept_at", "visited_at"]
    list_select_related = ["member", "room"]
    search_fields = ["member__name", "room__name"]
    raw_id_fields = ["member", "room"]


@admin.register(Job)
class JobAdmin(JournalAdmin):
    """What is still to be done. A job that fails is tried again by itself."""

    list_display = ["kind", "created_at", "due_at", "attempts", "error"]
    list_filter = ["kind"]
    ordering = ["due_at"]
