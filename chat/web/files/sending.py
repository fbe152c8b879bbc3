"""POST /chat/<room>/files: a file is sent, at once or in parts. GET: the files of the room."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from chat.files import uploads
from chat.web.files import answers, resumable
from chat.web.files.door import Sender, begin, sending_view
from chat.web.files.forms import FileForm
from chat.web.files.panel import panel


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, room_name: str) -> HttpResponseBase:
    """By method: the panel of the room's files, or a file that is sent."""
    if request.method == "POST":
        return _send(request, room_name=room_name)
    return panel(request, room_name=room_name)


@sending_view
def _send(request: HttpRequest, sender: Sender) -> HttpResponse:
    """Take a file, or begin an upload in parts. Raises Refused and TooFast."""
    if resumable.HEADER in request.headers:
        return resumable.begin(request, sender)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return answers.bad_form(form)
    sent = form.cleaned_data["file"]
    id, alt = form.cleaned_data["id"], form.cleaned_data["alt"]
    file = begin(sender, id, sent.name, sent.size, alt)
    uploads.receive(file, Path(sent.temporary_file_path()))
    return answers.described(file)
