"""The shell: what the app opens with, which a service worker keeps in the browser.

It is named by its content. So a worker may keep a file for ever, and a deploy, which changes some
of it, makes another worker.
"""

import json
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from statici18n.templatetags.statici18n import statici18n

WORKER = "chat/service_worker.js"
OFFLINE = "chat/offline.html"


class Worker(NamedTuple):
    version: str
    script: str


def worker() -> Worker:
    """The service worker of this deploy."""
    files = static_files()
    return _worker(tuple(files), tuple(catalogs().items())) if files else _keeps_nothing()


def static_files() -> list[str]:
    """The addresses of our own. None under DEBUG, where a file that changes keeps its name."""
    named_by_content = getattr(staticfiles_storage, "hashed_files", {})
    ours = [name for name in named_by_content if name.startswith("chat/")]
    return sorted(staticfiles_storage.url(name) for name in ours)


def catalogs() -> dict[str, str]:
    """The addresses of the translations of the pages' JavaScript, by language."""
    languages = dict(settings.LANGUAGES).keys() - {settings.LANGUAGE_CODE}
    return {language: statici18n(language) for language in sorted(languages)}


@cache
def _worker(files: tuple[str, ...], catalogs: tuple[tuple[str, str], ...]) -> Worker:
    cached = {"files": files, "catalogs": dict(catalogs)}
    parts = [_script("", cached, ""), *map(_offline_page, dict(settings.LANGUAGES))]
    version = sha256("\0".join(parts).encode()).hexdigest()[:16]
    return Worker(version, _script(version, cached, reverse("offline", args=[version])))


def _keeps_nothing() -> Worker:
    return Worker("", _script("", {"files": [], "catalogs": {}}, ""))


def _script(version: str, cached: dict[str, Any], offline: str) -> str:
    deploy = {"version": version, "offline": offline, **cached}
    return render_to_string(WORKER, {"deploy": json.dumps(deploy, indent=2)})


def _offline_page(language: str) -> str:
    with translation.override(language):
        return render_to_string(OFFLINE, request=HttpRequest())
