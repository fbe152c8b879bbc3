"""GET /chat/<room>/commands: what the composer offers beside its own commands, as JSON."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from chat.models import Member
from chat.programs.offered_commands import offered
from chat.web import doors
from chat.web.caching import no_cache
from chat.web.guests import guest_view


@no_cache
@require_safe
@guest_view
def commands(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """As docs/protocol.md describes it. Raises Http404 and PermissionDenied as the room's page."""
    _, found = doors.find(member, room_name)
    answer = msgspec.json.encode({"commands": offered(found.room) if found else []})
    return doors.forgettable(HttpResponse(answer, content_type="application/json"), found)
