"""Which messages wait for a moderator."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from chat.access import Found
from chat.journal.roster_changes import SetFilter
from chat.models import Member
from chat.policy import Action
from chat.web.settings import door
from chat.web.settings.door import settings_change
from chat.web.settings.forms import FilterForm


@settings_change(Action.SET_FILTER)
def set_filter(request: HttpRequest, member: Member, found: Found) -> HttpResponse:
    """Set the filter: `words` in lines, and the rules that are on. Answers as `door.change`."""
    form = FilterForm(found.room, request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    change = SetFilter(found.room.pk, member.pk, **form.cleaned_data)
    return door.change(request, member, found, change)
