"""The emoji that there are, for the composer: the same for everybody."""

from functools import cache
from hashlib import sha256

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag, require_safe

from chat.formatting.emoji import names_json, shortcodes

EMOJI_SECONDS = 24 * 3600  # then a browser asks whether the list has changed


@cache
def _emoji_json() -> bytes:
    return msgspec.json.encode(shortcodes())


@require_safe
@cache_control(public=True, max_age=EMOJI_SECONDS)
@etag(lambda request: f'"{sha256(_emoji_json()).hexdigest()}"')
def emoji(request: HttpRequest) -> HttpResponse:
    """The emoji shortcodes as JSON."""
    return HttpResponse(_emoji_json(), content_type="application/json")


def _etag_of_names(language: str) -> str | None:
    if language not in dict(settings.LANGUAGES):
        return None  # and no answer
    return f'"{sha256(names_json(language)).hexdigest()}"'


@require_safe
@cache_control(public=True, max_age=EMOJI_SECONDS)
@etag(lambda request, language: _etag_of_names(language))
def emoji_names(request: HttpRequest, language: str) -> HttpResponse:
    """The emoji to choose from as JSON, with names in a language of the pages."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return HttpResponse(names_json(language), content_type="application/json")
