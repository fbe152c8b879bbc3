"""Files of open rooms, sent and not. What a message has is removed with the message."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from chat.admin.tables import (
    JournalAdmin,
    OperatorActions,
    ago,
    asks_first,
    in_transaction,
    link,
    person_link,
    room_link,
)
from chat.models import File, RoomKind
from chat.models.file import url_of

UNSENT = Q(message=None, held=None)
STATES: dict[str, tuple[Any, Q]] = {
    "sent": (gettext_lazy("sent"), Q(message__isnull=False)),
    "held": (gettext_lazy("waits for a moderator"), Q(held__isnull=False)),
    "unsent": (gettext_lazy("not sent"), UNSENT),
}


class SentFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "sent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, label) for key, (label, _) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.filter(STATES[self.value()][1]) if self.value() in STATES else queryset  # type: ignore[index]


@admin.register(File)
class FileAdmin(OperatorActions, JournalAdmin):
    list_display = ["name", "type", "bytes", "sender", "in_room", "message_link", "begun"]
    list_filter = [SentFilter, "created_at"]
    list_select_related = ["member", "room", "message__room"]
    search_fields = [
        "name",
        "uid",
        "member__name",
        "member__uid",
        "member__user__username",
        "room__name",
    ]
    ordering = ["-pk"]
    fields = [
        "name",
        "type",
        "bytes",
        "pixels",
        "alt",
        "sender",
        "in_room",
        "message_link",
        "state",
        "begun",
        "address",
        "key",
    ]
    actions = ["remove_unsent"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        files: QuerySet[Any] = super().get_queryset(request).filter(room__kind=RoomKind.OPEN)
        return files

    @admin.display(description=gettext_lazy("size"), ordering="size")
    def bytes(self, file: File) -> str:
        return filesizeformat(file.size)

    @admin.display(description=gettext_lazy("pixels"))
    def pixels(self, file: File) -> str:
        return f"{file.width} × {file.height}" if file.is_picture else "–"

    @admin.display(description=gettext_lazy("sender"), ordering="member__name")
    def sender(self, file: File) -> str:
        return person_link(file.member)

    @admin.display(description=gettext_lazy("room"), ordering="room__name")
    def in_room(self, file: File) -> str:
        return room_link(file.room)

    @admin.display(description=gettext_lazy("message"))
    def message_link(self, file: File) -> str:
        if file.message is None:
            return gettext("waits for a moderator") if file.held_id else gettext("not sent")
        address = reverse("admin:chat_message_change", args=[file.message.pk])
        return link(address, str(file.message))

    @admin.display(description=gettext_lazy("begun"), ordering="created_at")
    def begun(self, file: File) -> str:
        return ago(file.created_at)

    @admin.display(description=gettext_lazy("address"))
    def address(self, file: File) -> str:
        """Asks for the operator's rights as anybody's: an unsent file is its sender's alone."""
        url = url_of(file.as_sent())
        return link(url, url) if file.message_id else url

    @asks_first(
        gettext_lazy("Remove unsent files…"),
        gettext_lazy("Those that no message has are removed. You cannot undo this."),
    )
    @in_transaction
    def remove_unsent(self, request: HttpRequest, rows: "QuerySet[Any]", form: forms.Form) -> int:
        return File.objects.filter(UNSENT, pk__in=rows.values("pk")).remove()
