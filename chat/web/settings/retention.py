"""How long messages are kept in a room: never longer than in the installation."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from chat.access import Found
from chat.journal.roster_changes import SetRetention
from chat.models import Member
from chat.policy import Action
from chat.web.settings import door
from chat.web.settings.door import settings_change
from chat.web.settings.forms import RetentionForm


@settings_change(Action.SET_RETENTION)
def set_retention(request: HttpRequest, member: Member, found: Found) -> HttpResponse:
    """Keep messages for so many `days`, none: as in other rooms. Answers as `door.change` does."""
    form = RetentionForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    change = SetRetention(found.room.pk, member.pk, form.cleaned_data["days"] or 0)
    return door.change(request, member, found, change)
