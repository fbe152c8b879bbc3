"""The language of pages."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers


class LanguageMiddleware(LocaleMiddleware):
    """Django's, except for public responses: these are the same in every language.

    Also reads the language cookie from before all was https, without its prefix.
    """

    def process_request(self, request: HttpRequest) -> None:
        name = settings.LANGUAGE_COOKIE_NAME
        plain = request.COOKIES.get(name.removeprefix(settings.COOKIE_PREFIX))
        if plain is not None:
            request.COOKIES.setdefault(name, plain)
        super().process_request(request)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if "public" in response.get("Cache-Control", ""):
            return response
        patch_vary_headers(response, ["Cookie"])  # the language cookie
        return super().process_response(request, response)
