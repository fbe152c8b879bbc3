"""Outgoing webhooks: whose they are, where they go, and how they stand. Rooms have the rest."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from chat import runtime
from chat.admin.tables import (
    JournalAdmin,
    OperatorActions,
    asks_first,
    operator_of,
    person_link,
)
from chat.models import Member, Webhook
from chat.models.webhook import Why
from chat.web.settings.webhooks import target_host
from chat.webhooks import making


@admin.register(Webhook)
class WebhookAdmin(OperatorActions, JournalAdmin):
    """Without rooms, paths and secrets; nor does it tell when something happened in a room."""

    list_display = ["bot", "host", "owner", "state", "trouble"]
    list_filter = ["why_paused"]
    list_select_related = ["bot__member", "made_by"]
    fields = ["bot", "host", "owner", "state", "trouble"]
    ordering = ["-pk"]
    actions = ["pause_rows", "delete_rows"]

    @admin.display(description=gettext_lazy("receiver"))
    def host(self, webhook: Webhook) -> str:
        return target_host(webhook.url)

    @admin.display(description=gettext_lazy("made by"))
    def owner(self, webhook: Webhook) -> str:
        return person_link(webhook.made_by)

    @admin.display(description=gettext_lazy("state"))
    def state(self, webhook: Webhook) -> Any:
        if webhook.is_paused:
            return Why(webhook.why_paused).label
        return gettext_lazy("failing") if webhook.failing_since else gettext_lazy("running")

    @asks_first(gettext_lazy("Pause …"), gettext_lazy("Pause these webhooks?"))
    def pause_rows(self, request: HttpRequest, rows: "QuerySet[Webhook]", form: forms.Form) -> int:
        operator = Member.objects.of_user(operator_of(request))
        return sum(making.pause_as_operator(operator, it) for it in rows)

    @asks_first(
        gettext_lazy("Delete …"),
        gettext_lazy("Delete these webhooks? Their bots leave their rooms; what they said stays."),
    )
    def delete_rows(self, request: HttpRequest, rows: "QuerySet[Webhook]", form: forms.Form) -> int:
        found, operator = list(rows), Member.objects.of_user(operator_of(request))
        for webhook in found:
            runtime.append_all_from_sync(making.forget(operator, webhook))
        return len(found)
