"""Reported messages of open rooms. Decisions are made at /moderation/."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from chat.admin.tables import JournalAdmin, ago, link, person_link, room_link
from chat.models import ReportCase, RoomKind

EXCERPT_CHARACTERS = 80


class DecidedFilter(admin.SimpleListFilter):
    title = gettext_lazy("decided")
    parameter_name = "decided"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", gettext("Yes")), ("no", gettext("No"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(decided_at__isnull=self.value() == "no")


@admin.register(ReportCase)
class ReportCaseAdmin(JournalAdmin):
    list_display = ["message", "in_room", "said", "written_by", "times", "reported", "verdict"]
    list_filter = [DecidedFilter, "verdict"]
    list_select_related = ["room", "author"]
    search_fields = [
        "text",
        "author_name",
        "author__name",
        "author__uid",
        "author__user__username",
        "room__name",
        "reports__why",
        "reports__reporter__name",
        "answer",
    ]
    ordering = ["-pk"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Those of open rooms: what operators see of others is at /moderation/."""
        cases = super().get_queryset(request).filter(room__kind=RoomKind.OPEN)
        counted: QuerySet[Any] = cases.annotate(report_count=Count("reports", distinct=True))
        return counted

    @admin.display(description=gettext_lazy("message"), ordering="-pk")
    def message(self, case: ReportCase) -> str:
        page = reverse("room", args=[case.room.address])
        return link(f"{page}#{case.seq}", f"#{case.seq}")

    @admin.display(description=gettext_lazy("room"), ordering="room__name")
    def in_room(self, case: ReportCase) -> str:
        return room_link(case.room)

    @admin.display(description=gettext_lazy("text"))
    def said(self, case: ReportCase) -> str:
        return case.text[:EXCERPT_CHARACTERS] or "–"

    @admin.display(description=gettext_lazy("author"), ordering="author__name")
    def written_by(self, case: ReportCase) -> str:
        return person_link(case.author)

    @admin.display(description=gettext_lazy("reports"), ordering="report_count")
    def times(self, case: Any) -> int:
        return int(case.report_count)

    @admin.display(description=gettext_lazy("reported"), ordering="opened_at")
    def reported(self, case: ReportCase) -> str:
        return ago(case.opened_at)
