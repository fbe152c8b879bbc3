"""Requests of programs go past what pages need: sessions, CSRF, languages. They hold no thread."""

from collections.abc import AsyncIterator, Awaitable, Callable

from asgiref.sync import markcoroutinefunction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase, HttpResponseNotAllowed
from django.urls import Resolver404, ResolverMatch, resolve

from api import problems
from chat.web import log_ids

PREFIXES = ("/api/v1/", "/hooks/")
PAGES = {"api_docs"}  # are Django's, as others are


class ProgramRequests:
    """Answers what is below PREFIXES. Cookies count for nothing there: other sites get nowhere."""

    async_capable, sync_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self._get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIXES):
            return await self._get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return problems.no_such_path(request)
        if match.view_name in PAGES:
            return await self._get_response(request)
        request.resolver_match = match
        log_ids.note(page=match.view_name)
        if request.method == "HEAD":
            return await _head(request, match)
        return await _answer(request, match)


async def _answer(request: HttpRequest, match: ResolverMatch) -> HttpResponseBase:
    response: HttpResponseBase = await match.func(request, *match.args, **match.kwargs)
    if isinstance(response, HttpResponseNotAllowed):
        response = problems.bad_method(request, _with_head(response["Allow"]))
    if isinstance(response, HttpResponse) and response.content:
        response.setdefault("Content-Length", str(len(response.content)))
    return response


def _with_head(allowed: str) -> str:
    methods = allowed.split(", ")
    return ", ".join([*methods, "HEAD"] if "GET" in methods else methods)


async def _head(request: HttpRequest, match: ResolverMatch) -> HttpResponseBase:
    """What GET is answered, without the body."""
    request.method = "GET"
    response = await _answer(request, match)
    request.method = "HEAD"
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = _nothing()  # what would have been sent is closed with it
    elif isinstance(response, HttpResponse):
        response.content = b""
    return response


async def _nothing() -> AsyncIterator[bytes]:
    for part in list[bytes]():
        yield part
