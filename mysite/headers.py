"""Headers that Django does not set."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
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


@sync_and_async_middleware
def browser_policy(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Deny the pages features that they do not use, and other sites our responses."""
    if not iscoroutinefunction(get_response):
        return lambda request: _with_headers(get_response(request))

    async def middleware(request: HttpRequest) -> HttpResponseBase:  # needs no thread
        return _with_headers(await get_response(request))

    return middleware


def _with_headers(response: HttpResponseBase) -> HttpResponseBase:
    response["Permissions-Policy"] = PERMISSIONS_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
