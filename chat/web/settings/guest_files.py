"""Whether guests send files in a room. The operator's GUEST_FILES comes before that."""

from django.http import HttpRequest, HttpResponse

from chat.access import Found
from chat.journal.roster_changes import SetGuestFiles
from chat.models import Member
from chat.policy import Action
from chat.web.settings import door
from chat.web.settings.door import settings_change


@settings_change(Action.SET_GUEST_FILES)
def set_guest_files(request: HttpRequest, member: Member, found: Found) -> HttpResponse:
    """Guests send files from now on if `allowed` is given, and no longer without."""
    change = SetGuestFiles(found.room.pk, member.pk, bool(request.POST.get("allowed")))
    return door.change(request, member, found, change)
