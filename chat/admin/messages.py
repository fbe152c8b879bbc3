"""Messages, and how to remove them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy

from chat import runtime
from chat.admin.tables import JournalAdmin, OperatorActions, ago, asks_first, link, operator_of
from chat.journal import Delete, Refused
from chat.models import File, Member, Message, Revision, RoomKind

EXCERPT_CHARACTERS = 80


@admin.register(Message)
class MessageAdmin(OperatorActions, JournalAdmin):
    list_display = ["in_room", "author", "excerpt", "sent", "edited_at", "deleted_by"]
    list_filter = ["kind", "deleted_by", "sent_at"]
    list_select_related = ["room", "author"]
    search_fields = [
        "text",
        "author__name",
        "author__uid",
        "author__user__username",
        "room__name",
    ]
    ordering = ["-pk"]
    exclude = ["files"]
    readonly_fields = ["attached_files", "earlier_wordings"]
    actions = ["remove"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Those of open rooms: of others, operators have the audited export."""
        messages: QuerySet[Any] = super().get_queryset(request).filter(room__kind=RoomKind.OPEN)
        return messages

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return lookup == "author" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=gettext_lazy("message"), ordering="-pk")
    def in_room(self, message: Message) -> str:
        return link(self.get_view_on_site_url(message) or "", str(message))

    def view_on_site(self, message: Message) -> str:
        return f"{reverse('room', args=[message.room.name])}#{message.seq}"

    @admin.display(description=gettext_lazy("text"))
    def excerpt(self, message: Message) -> str:
        return message.text_and_files[:EXCERPT_CHARACTERS] or "–"

    @admin.display(description=gettext_lazy("sent"), ordering="sent_at")
    def sent(self, message: Message) -> str:
        return ago(message.sent_at)

    @admin.display(description=gettext_lazy("files"))
    def attached_files(self, message: Message) -> str:
        files = File.objects.filter(message=message).order_by("pk")
        rows = [
            (reverse("admin:chat_file_change", args=[it.pk]), it.name, filesizeformat(it.size))
            for it in files
        ]
        return format_html_join("", '<p><a href="{}">{}</a> ({})</p>', rows) or "–"

    @admin.display(description=gettext_lazy("earlier versions"))
    def earlier_wordings(self, message: Message) -> str:
        """The texts before each edit, for moderators. A deletion removes them."""
        revisions = Revision.objects.filter(message=message)
        rows = [(it.written_at, it.text) for it in revisions.order_by("version")]
        return format_html_join("", "<p>{}<br>{}</p>", rows) or "–"

    @asks_first(
        gettext_lazy("Remove messages…"),
        gettext_lazy("Their texts are removed for everyone. You cannot undo this."),
    )
    def remove(self, request: HttpRequest, rows: "QuerySet[Any]", form: forms.Form) -> int:
        operator = Member.objects.of_user(operator_of(request))
        present = rows.filter(deleted_at=None).values_list("room_id", "seq")
        return sum(_remove(Delete(room, operator.pk, seq)) for room, seq in list(present))


def _remove(change: Delete) -> bool:
    try:
        runtime.append_from_sync(change)
    except Refused:  # a topic of one's own
        return False
    return True
