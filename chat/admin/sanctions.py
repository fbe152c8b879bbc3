"""Mutes and bans in open rooms, bans from all rooms, and how to lift them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from chat import runtime
from chat.admin.tables import (
    JournalAdmin,
    OperatorActions,
    ago,
    asks_first,
    in_transaction,
    moment,
    operator_of,
    person_link,
    room_link,
)
from chat.journal import Refused
from chat.journal.roster_changes import Lift
from chat.models import FOR_GOOD, Member, RoomKind, Sanction, SanctionKind

OPEN_OR_ALL = Q(room=None) | Q(room__kind=RoomKind.OPEN)


class InForceFilter(admin.SimpleListFilter):
    title = gettext_lazy("in force")
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", gettext("Yes")), ("no", gettext("No"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() == "yes":
            return queryset.filter(until__gt=timezone.now())
        return queryset.filter(until__lte=timezone.now()) if self.value() else queryset


class EverywhereFilter(admin.SimpleListFilter):
    title = gettext_lazy("where")
    parameter_name = "where"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("everywhere", gettext("Everywhere")), ("room", gettext("In a room"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() not in {"everywhere", "room"}:
            return queryset
        return queryset.filter(room__isnull=self.value() == "everywhere")


@admin.register(Sanction)
class SanctionAdmin(OperatorActions, JournalAdmin):
    """Those of rooms that are not open are their moderators' business: the log has the acts."""

    list_display = [
        "what",
        "person",
        "where",
        "in_force",
        "ends",
        "why",
        "imposed_by",
        "imposed",
        "network_count",
    ]
    list_filter = [InForceFilter, "kind", EverywhereFilter, "at"]
    list_select_related = ["member", "by", "room"]
    search_fields = [
        "member__name",
        "member__uid",
        "member__user__username",
        "why",
        "by__name",
        "by__user__username",
        "room__name",
    ]
    ordering = ["-pk"]
    actions = ["lift"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        sanctions: QuerySet[Any] = super().get_queryset(request).filter(OPEN_OR_ALL)
        counted: QuerySet[Any] = sanctions.annotate(found=Count("networks"))
        return counted

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def what(self, sanction: Sanction) -> str:
        return sanction.get_kind_display()

    @admin.display(description=gettext_lazy("person"), ordering="member__name")
    def person(self, sanction: Sanction) -> str:
        return person_link(sanction.member)

    @admin.display(description=gettext_lazy("room"), ordering="room__name")
    def where(self, sanction: Sanction) -> str:
        return room_link(sanction.room) if sanction.room else gettext("everywhere")

    @admin.display(description=gettext_lazy("in force"), boolean=True)
    def in_force(self, sanction: Sanction) -> bool:
        return sanction.is_in_force

    @admin.display(description=gettext_lazy("until"), ordering="until")
    def ends(self, sanction: Sanction) -> str:
        return gettext("for good") if sanction.until == FOR_GOOD else moment(sanction.until)

    @admin.display(description=gettext_lazy("by"), ordering="by__name")
    def imposed_by(self, sanction: Sanction) -> str:
        return person_link(sanction.by)

    @admin.display(description=gettext_lazy("since"), ordering="at")
    def imposed(self, sanction: Sanction) -> str:
        return ago(sanction.at)

    @admin.display(description=gettext_lazy("networks"))
    def network_count(self, sanction: Any) -> int:
        return int(sanction.found)

    @asks_first(
        gettext_lazy("Lift mutes and bans…"), gettext_lazy("They can write, or come in again.")
    )
    def lift(self, request: HttpRequest, rows: "QuerySet[Any]", form: forms.Form) -> int:
        operator = Member.objects.of_user(operator_of(request))
        in_rooms = list(rows.filter(room__isnull=False))
        lifted = _lift_everywhere(self, request, rows, form)
        return lifted + sum(_lift_in_room(operator, it) for it in in_rooms)


@in_transaction
def _lift_everywhere(
    model_admin: Any, request: HttpRequest, rows: "QuerySet[Any]", form: forms.Form
) -> int:
    operator = Member.objects.of_user(operator_of(request))
    bans = Sanction.objects.everywhere().filter(pk__in=rows.values("pk"))
    return bans.lift(by=operator)


def _lift_in_room(operator: Member, sanction: Sanction) -> bool:
    """The journal's door decides, and tells the room's processes."""
    assert sanction.room_id is not None  # noqa: S101
    kind = SanctionKind(sanction.kind)
    try:
        runtime.append_from_sync(Lift(sanction.room_id, operator.pk, sanction.member_id, kind))
    except Refused:  # over, or of somebody who keeps the room
        return False
    return True
