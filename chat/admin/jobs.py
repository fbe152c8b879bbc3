"""What is still to be done after a commit."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from chat.admin.tables import JournalAdmin, ago
from chat.journal.write.search_index import PURGE
from chat.live.bot_owners import TELL
from chat.models import Job
from chat.models.waiting_post import POST


@admin.register(Job)
class JobAdmin(JournalAdmin):
    """What is still to be done. A job that fails is tried again by itself."""

    list_display = ["kind", "created", "due", "attempts", "error"]
    list_filter = ["kind"]
    ordering = ["due_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """Without what tells that something happens in some room, unless it fails.

        A purge of the search index tells that words were taken back, a post that a webhook waits,
        a word to an owner what became of a bot.
        """
        return super().get_queryset(request).exclude(kind__in=[PURGE, POST, TELL], error="")

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def created(self, job: Job) -> str:
        return ago(job.created_at)

    @admin.display(description=gettext_lazy("due"), ordering="due_at")
    def due(self, job: Job) -> str:
        return ago(job.due_at)
