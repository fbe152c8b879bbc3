"""The shell: what the app opens with, which a service worker keeps in the browser.

It is named by its content. So a worker may keep a file for ever, and a deploy, which changes some
of it, makes another worker.
"""

import json
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

WORKER = "chat/service_worker.js"
OFFLINE = "chat/offline.html"


class Worker(NamedTuple):
    version: str
    script: str


def worker() -> Worker:
    """The service worker of this deploy."""
    files = static_files()
    return _worker(tuple(files)) if files else _keeps_nothing()


def static_files() -> list[str]:
    """The addresses of our own. None under DEBUG, where a file that changes keeps its name."""
    named_by_content = getattr(staticfiles_storage, "hashed_files", {})
    ours = [name for name in named_by_content if name.startswith("chat/")]
    return sorted(staticfiles_storage.url(name) for name in ours)


@cache
def _worker(files: tuple[str, ...]) -> Worker:
    parts = [_script("", files, ""), *map(_offline_page, dict(settings.LANGUAGES))]
    version = sha256("\0".join(parts).encode()).hexdigest()[:16]
    return Worker(version, _script(version, files, reverse("offline", args=[version])))


def _keeps_nothing() -> Worker:
    return Worker("", _script("", (), ""))


def _script(version: str, files: tuple[str, ...], offline: str) -> str:
    deploy = {"version": version, "files": files, "offline": offline}
    return render_to_string(WORKER, {"deploy": json.dumps(deploy, indent=2)})


def _offline_page(language: str) -> str:
    with translation.override(language):
        return render_to_string(OFFLINE, request=HttpRequest())
