"""The log of moderation. Acts in rooms that are not open are in /moderation/log/, without names."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from chat.admin.sanctions import OPEN_OR_ALL
from chat.admin.tables import JournalAdmin, ago, link, moment, person_link, room_link
from chat.models import FOR_GOOD, ModerationAct


@admin.register(ModerationAct)
class ModerationActAdmin(JournalAdmin):
    list_display = ["done", "done_by", "what", "person", "where", "message", "why", "ends"]
    list_filter = ["kind", "at"]
    list_select_related = ["by", "member", "room"]
    search_fields = [
        "member__name",
        "member__uid",
        "member__user__username",
        "by__name",
        "by__uid",
        "by__user__username",
        "why",
        "room__name",
    ]
    ordering = ["-pk"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        acts: QuerySet[Any] = super().get_queryset(request).filter(OPEN_OR_ALL)
        return acts

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def done(self, act: ModerationAct) -> str:
        return ago(act.at)

    @admin.display(description=gettext_lazy("by"), ordering="by__name")
    def done_by(self, act: ModerationAct) -> str:
        return person_link(act.by)

    @admin.display(description=gettext_lazy("act"), ordering="kind")
    def what(self, act: ModerationAct) -> str:
        return act.get_kind_display()

    @admin.display(description=gettext_lazy("person"), ordering="member__name")
    def person(self, act: ModerationAct) -> str:
        return person_link(act.member)

    @admin.display(description=gettext_lazy("room"), ordering="room__name")
    def where(self, act: ModerationAct) -> str:
        return room_link(act.room) if act.room else gettext("everywhere")

    @admin.display(description=gettext_lazy("message"))
    def message(self, act: ModerationAct) -> str:
        if act.seq is None or act.room is None or act.room.deleted_at is not None:
            return "–"
        return link(f"{reverse('room', args=[act.room.address])}#{act.seq}", f"#{act.seq}")

    @admin.display(description=gettext_lazy("until"), ordering="until")
    def ends(self, act: ModerationAct) -> str:
        return gettext("for good") if act.until == FOR_GOOD else moment(act.until)
