"""The service worker's script. It lists the static files and the offline page to cache.

Its version is a hash of all these, so a deploy that changes a file makes another worker.
"""

import json
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from statici18n.templatetags.statici18n import statici18n

WORKER = "chat/service_worker.js"
OFFLINE = "chat/offline.html"
ICON = "chat/icons/icon-192.png"


class Worker(NamedTuple):
    version: str  # empty where the worker caches nothing
    script: str


def worker() -> Worker:
    """The service worker of this deploy."""
    files = static_files()
    return _build_worker(tuple(files), tuple(catalogs().items())) if files else _empty_worker()


def static_files() -> list[str]:
    """The URLs of Lobby's static files. Empty under DEBUG, where names are not hashes."""
    hashed_files = getattr(staticfiles_storage, "hashed_files", {})
    names = [name for name in hashed_files if name.startswith("chat/")]
    return sorted(staticfiles_storage.url(name) for name in names)


def catalogs() -> dict[str, str]:
    """The addresses of the translations of the pages' JavaScript, by language."""
    languages = dict(settings.LANGUAGES).keys() - {settings.LANGUAGE_CODE}
    return {language: statici18n(language) for language in sorted(languages)}


@cache
def _build_worker(files: tuple[str, ...], catalogs: tuple[tuple[str, str], ...]) -> Worker:
    cached = {"files": files, "catalogs": dict(catalogs)}
    parts = [_script("", cached, ""), *map(_offline_page, dict(settings.LANGUAGES))]
    version = sha256("\0".join(parts).encode()).hexdigest()[:16]
    return Worker(version, _script(version, cached, reverse("offline", args=[version])))


def _empty_worker() -> Worker:
    return Worker("", _script("", {"files": [], "catalogs": {}}, ""))


def _script(version: str, cached: dict[str, Any], offline: str) -> str:
    deploy = {
        "version": version,
        "offline": offline,
        **cached,
        "icon": static(ICON),
        "somethingNew": {it: _something_new(it) for it in dict(settings.LANGUAGES)},
    }
    return render_to_string(WORKER, {"deploy": json.dumps(deploy, indent=2)})


def _something_new(language: str) -> str:
    """What a push says whose content nobody can read."""
    with translation.override(language):
        return gettext("Something new for you")


def _offline_page(language: str) -> str:
    with translation.override(language):
        return render_to_string(OFFLINE, request=HttpRequest())
