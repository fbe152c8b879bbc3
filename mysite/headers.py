"""The headers of every response that bind browsers: also of those that take no thread."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction
from csp.constants import HEADER as CONTENT_SECURITY_POLICY
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.utils.decorators import sync_and_async_middleware

UNUSED_FEATURES = """
    accelerometer autoplay bluetooth camera display-capture encrypted-media gamepad geolocation
    gyroscope hid idle-detection local-fonts magnetometer microphone midi payment
    picture-in-picture screen-wake-lock serial usb xr-spatial-tracking
""".split()
OWN_FEATURES = ["clipboard-write", "web-share"]
PERMISSIONS_POLICY = ", ".join(
    [f"{name}=()" for name in UNUSED_FEATURES] + [f"{name}=(self)" for name in OWN_FEATURES]
)


DEBUG_PAGES = {HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR}  # Django's, with DEBUG


@sync_and_async_middleware
def browser_policy(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Deny the pages what they do not use, and other sites our responses.

    Also sets the headers of `SecurityMiddleware`, which static files and refusals do not get to.
    """
    set_headers = _Headers(SecurityMiddleware(get_response))
    if not iscoroutinefunction(get_response):
        return lambda request: set_headers(request, get_response(request))

    async def middleware(request: HttpRequest) -> HttpResponseBase:  # needs no thread
        return set_headers(request, await get_response(request))

    return middleware


class _Headers:
    def __init__(self, security: SecurityMiddleware) -> None:
        self._security = security
        self._content_security_policy = build_policy()  # the same for all: it has no nonce

    def __call__(self, request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        if not (settings.DEBUG and response.status_code in DEBUG_PAGES):
            response.headers.setdefault(CONTENT_SECURITY_POLICY, self._content_security_policy)
        return self._security.process_response(request, response)
