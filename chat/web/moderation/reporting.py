"""POST /chat/<room>/report: a message is reported to those who keep the room."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from chat import reports, runtime
from chat.live.rates import GUEST, REPORT
from chat.models import Member
from chat.web import doors, rates
from chat.web.doors import RoomNotFound
from chat.web.guests import change_view
from chat.web.moderation.report_forms import ReportForm

CASE_BYTES = 8_000  # that the database grows by


@require_POST
@change_view
def report(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """Report the message `seq`, and say `why`. Answers 204, also where it is reported already.

    404 if there is no such message, 403 for one's own, 422 with {"errors"}. Raises TooFast.
    """
    _, found = doors.find(member, room_name)
    if found is None:
        raise RoomNotFound
    form = ReportForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    newcomer = [] if member.is_saved else [GUEST]
    rates.count(request, member, REPORT, *newcomer, bytes=CASE_BYTES)
    try:
        is_new = reports.report(member, found.room, **form.cleaned_data)
    except reports.NoSuchMessage:
        raise Http404 from None
    except reports.NotAllowed:
        raise PermissionDenied from None
    if is_new:
        runtime.publish_reports_from_sync(found.room.pk)
    return HttpResponse(status=204)
