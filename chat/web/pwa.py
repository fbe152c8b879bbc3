"""The pages as an installable app (PWA): manifest, service worker and offline page."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, gettext
from django.views.decorators.http import etag, require_safe

from chat.web import pwa_worker
from chat.web.caching import no_cache

THEME_COLOR = "#fdfcfa"  # --paper of the light theme
ICONS = [
    ("chat/icon.svg", "any", "any"),
    ("chat/icons/icon-192.png", "192x192", "any"),
    ("chat/icons/icon-512.png", "512x512", "any"),
    ("chat/icons/maskable-512.png", "512x512", "maskable"),
]


@no_cache
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest (W3C), in the language of the request."""
    index = reverse("index")
    content = {
        "id": index,
        "name": "Lobby",
        "short_name": "Lobby",
        "description": gettext("Chat rooms you open by name: type a name, share the link, talk."),
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": index,
        "scope": index,
        "display": "standalone",
        "background_color": THEME_COLOR,
        "theme_color": THEME_COLOR,
        "icons": [
            {"src": static(name), "sizes": sizes, "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@no_cache
@require_safe
@etag(lambda request: f'"{pwa_worker.worker().version or "debug"}"')
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root of the site: a service worker controls the pages beside and below its path."""
    return HttpResponse(pwa_worker.worker().script, content_type="text/javascript; charset=utf-8")


@no_cache
@require_safe
def offline(request: HttpRequest, version: str) -> HttpResponse:
    """The offline page of one worker version, which caches the page together with its files."""
    if version != pwa_worker.worker().version:
        raise Http404
    return render(request, pwa_worker.OFFLINE)
