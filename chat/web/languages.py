"""The language of pages and of their JavaScript."""

from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.i18n import JavaScriptCatalog


class LanguageMiddleware(LocaleMiddleware):
    """Django's, except for public responses: these are the same in every language."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if "public" in response.get("Cache-Control", ""):
            return response
        patch_vary_headers(response, ["Cookie"])  # the language cookie
        return super().process_response(request, response)


class Script(NamedTuple):
    content: bytes
    digest: str  # names the content in its address


@cache
def script(language: str) -> Script | None:
    """The catalog of the page's JavaScript. English has none: it stands in the code."""
    if language == settings.LANGUAGE_CODE or language not in dict(settings.LANGUAGES):
        return None
    with translation.override(language):
        content = JavaScriptCatalog(packages=["chat"]).get(HttpRequest()).content
    return Script(content, sha256(content).hexdigest()[:16])


def context(request: HttpRequest) -> dict[str, Any]:
    """For templates: the address of the language's script, where it has one."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    needed = script(language)
    address = needed and reverse("language_script", args=[language, needed.digest])
    return {"language_script": address}
