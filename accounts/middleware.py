"""No cache keeps the pages of accounts: the back button shows none after signing out."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers

PAGES = "/accounts/"


def uncached_pages(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Some of allauth's say nothing about caches."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.path_info.startswith(PAGES) and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return middleware
