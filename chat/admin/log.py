"""What operators did: the log of the admin."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext_lazy

from chat.admin.tables import JournalAdmin, ago


@admin.register(LogEntry)
class LogAdmin(JournalAdmin):
    list_display = ["done", "user", "content_type", "object_repr", "change_message"]
    list_select_related = ["user", "content_type"]
    search_fields = ["user__username", "object_repr", "change_message"]
    ordering = ["-pk"]

    @admin.display(description=gettext_lazy("when"), ordering="action_time")
    def done(self, entry: LogEntry) -> str:
        return ago(entry.action_time)
