"""Django's pages, and the threads that run them: a few, which live as long as the process.

Django's ASGI handler starts a thread for each request. Its database connection, two descriptors on
SQLite, would then wait for the cycle collector.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import IO, Any, TypeVar

from asgiref.sync import ThreadSensitiveContext
from asgiref.typing import ASGIReceiveCallable
from django.core.exceptions import BadRequest
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpResponseBadRequest
from django.http.response import HttpResponseBase

from chat.journal import threads

THREADS = 8  # pages under way at once; further ones wait

T = TypeVar("T")

logger = logging.getLogger(__name__)


class PageThreads(ThreadPoolExecutor):
    """Runs each synchronous call of a request on a free thread, whose connection is kept.

    The calls of one request may run on different threads. They share nothing that belongs to a
    thread: a view and its middleware are one call, and transactions end within a call.
    """

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        return super().submit(threads.with_connection, fn, *args, **kwargs)


class PageRequest(ASGIRequest):
    """Django's request. A form that cannot be read is the client's mistake, whatever it raises."""

    def _load_post_and_files(self) -> None:
        try:
            super()._load_post_and_files()
        except (BadRequest, LookupError, TypeError, ValueError) as error:  # an odd charset
            # The page that says so reads the form again.
            self._mark_post_parse_error()  # type: ignore[attr-defined]
            raise BadRequest(f"This form cannot be read: {error}") from None


class PageHandler(ASGIHandler):
    """Django's handler. Headers that cannot be read are the client's mistake as well."""

    request_class = PageRequest

    def create_request(
        self, scope: Any, body_file: IO[bytes]
    ) -> tuple[ASGIRequest, None] | tuple[None, HttpResponseBase]:
        try:
            return super().create_request(scope, body_file)
        except (TypeError, ValueError) as error:  # an odd charset in Content-Type (RFC 2231)
            logger.info("Bad Request: %s", error)
            return None, HttpResponseBadRequest()


_threads = PageThreads(THREADS, thread_name_prefix="page")


async def http_application(scope: Any, receive: ASGIReceiveCallable, send: Any) -> None:
    """Django's pages."""
    async with ThreadSensitiveContext(executor=_threads):
        await django_application()(scope, receive, send)


@cache
def django_application() -> PageHandler:
    """The handler, built after `startup.prepare`: its middleware lists the static files."""
    return PageHandler()
