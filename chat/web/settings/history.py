"""What newcomers see of a room."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from chat.access import Found
from chat.journal.roster_changes import SetHistory
from chat.models import Member
from chat.policy import Action
from chat.web.settings import door
from chat.web.settings.door import settings_change
from chat.web.settings.forms import HistoryForm


@settings_change(Action.SET_HISTORY)
def set_history(request: HttpRequest, member: Member, found: Found) -> HttpResponse:
    """Set the `history`. Answers as `door.change` does."""
    form = HistoryForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    change = SetHistory(found.room.pk, member.pk, form.cleaned_data["history"])
    return door.change(request, member, found, change)
