"""Blocked guests, and how to undo a block."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from chat.admin.tables import (
    JournalAdmin,
    OperatorActions,
    ago,
    asks_first,
    in_transaction,
    operator_of,
)
from chat.models import Member, Sanction


class InForceFilter(admin.SimpleListFilter):
    title = gettext_lazy("in force")
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", gettext("Yes")), ("no", gettext("No"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() == "yes":
            return queryset.filter(until__gt=timezone.now())
        return queryset.filter(until__lte=timezone.now()) if self.value() else queryset


@admin.register(Sanction)
class SanctionAdmin(OperatorActions, JournalAdmin):
    list_display = ["member", "in_force", "until", "blocked", "why", "by", "network_count"]
    list_filter = [InForceFilter]
    list_select_related = ["member", "by"]
    search_fields = ["member__name", "member__uid", "why", "by__name"]
    ordering = ["-pk"]
    actions = ["lift"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        blocks: QuerySet[Any] = super().get_queryset(request).annotate(found=Count("networks"))
        return blocks

    @admin.display(description=gettext_lazy("in force"), boolean=True)
    def in_force(self, block: Sanction) -> bool:
        return block.is_in_force

    @admin.display(description=gettext_lazy("blocked"), ordering="at")
    def blocked(self, block: Sanction) -> str:
        return ago(block.at)

    @admin.display(description=gettext_lazy("networks"))
    def network_count(self, block: Any) -> int:
        return int(block.found)

    @asks_first(gettext_lazy("Lift blocks…"), gettext_lazy("They can come in again."))
    @in_transaction
    def lift(self, request: HttpRequest, rows: "QuerySet[Any]", form: forms.Form) -> int:
        operator = Member.objects.of_user(operator_of(request))
        return Sanction.objects.filter(pk__in=rows.values("pk")).lift(by=operator)
