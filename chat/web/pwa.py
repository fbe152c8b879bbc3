"""What makes the pages an app: a manifest, a service worker, and a page for offline."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag, require_safe

from chat.web import pwa_worker

PAPER = "#fdfcfa"  # --paper by day: the page before there is one, and the window's frame
ICONS = [
    ("chat/icon.svg", "any", "any"),
    ("chat/icons/icon-192.png", "192x192", "any"),
    ("chat/icons/icon-512.png", "512x512", "any"),
    ("chat/icons/maskable-512.png", "512x512", "maskable"),
]

asked_anew = cache_control(private=True, no_cache=True)


@asked_anew
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
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
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {"src": static(name), "sizes": sizes, "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@asked_anew
@require_safe
@etag(lambda request: f'"{pwa_worker.worker().version or "debug"}"')
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, as a worker answers for what lies beside and below it."""
    return HttpResponse(pwa_worker.worker().script, content_type="text/javascript; charset=utf-8")


@asked_anew
@require_safe
def offline(request: HttpRequest, version: str) -> HttpResponse:
    """Kept by the worker of its version, and by no other: its files have to be kept as well."""
    if version != pwa_worker.worker().version:
        raise Http404
    return render(request, pwa_worker.OFFLINE)
