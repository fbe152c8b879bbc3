"""Starts a server whose view of files answers what it got, and refuses what asks for that.

`python -m chat.tests.support.echoing daphne 8000`, perhaps with BOUNDS: see `bounded`. All around
the view is Lobby's own. What the view got is also in the file `got` of the data folder, line by
line.
"""

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")

import django
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import path

from chat.tests.support.bounded import run, set_bounds
from mysite.servers import uploads

REFUSE = b"x-refuse"  # a header with the status of the refusal
WAIT = (b"x-wait", b"yes")  # a header: nothing is read until the file `go` is in the data folder
POLL_SECONDS = 0.02

Digest = tuple[int, str]


def echo(request: HttpRequest, **_: Any) -> JsonResponse:
    """What the request brought."""
    files: dict[str, Any] = dict(request.FILES.items())
    got = {
        "fields": dict(request.POST.lists()),
        "files": {name: description(file) for name, file in files.items()},
        "part": digest_of(request) if request.method == "PATCH" else None,
    }
    with (settings.DATA_DIR / "got").open("a") as lines:
        lines.write(json.dumps(got) + "\n")
    return JsonResponse(got)


def description(file: Any) -> Any:
    is_in_folder = Path(file.temporary_file_path()).parent == settings.FILE_UPLOAD_TEMP_DIR
    return [file.name, file.content_type, *digest_of(file), file.size, is_in_folder]


def digest_of(readable: Any) -> Digest:
    digest, size = sha256(), 0
    while some := readable.read(65_536):
        digest.update(some)
        size += len(some)
    return size, digest.hexdigest()


@dataclass
class Refusal:
    status: int
    code: str = "not_allowed"
    detail: str = "No."
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


async def refuse(scope: Any) -> Refusal | None:
    while WAIT in scope["headers"] and not (settings.DATA_DIR / "go").exists():  # noqa: ASYNC110
        await asyncio.sleep(POLL_SECONDS)
    statuses = [int(value) for name, value in scope["headers"] if name == REFUSE]
    return Refusal(statuses[0]) if statuses else None


class EchoedUploads(uploads.Uploads):
    def __init__(self, application: Any, _: Any) -> None:
        super().__init__(application, refuse)


def install() -> None:
    setattr(uploads, "Uploads", EchoedUploads)  # noqa: B010  # before mysite.asgi names it
    django.setup()
    from chat import urls

    urls.urlpatterns[:0] = [
        path("chat/<str:room_name>/files", echo),
        path("chat/<str:room_name>/files/<uuid:uid>", echo),
    ]


if __name__ == "__main__":
    named = (bound.split("=") for bound in os.environ.get("BOUNDS", "").split())
    set_bounds({name: int(value) for name, value in named})
    install()
    run(*sys.argv[1:])
