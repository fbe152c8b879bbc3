"""The threads that run Django's pages: a few, which live as long as the process.

Django's ASGI handler starts a thread for each request. Its database connection, two descriptors on
SQLite, would then wait for the cycle collector.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from asgiref.sync import ThreadSensitiveContext
from asgiref.typing import ASGIReceiveCallable

from chat.journal import database
from mysite.servers.page_requests import PageHandler
from mysite.servers.processor_share import ProcessorShare
from mysite.servers.received import ANNOUNCEMENT, BODY, FORM

THREADS = 8  # pages under way at once; further ones wait
UPLOAD_THREADS = 4  # files that are examined and stored: pages do not wait for them
ANNOUNCEMENT_THREADS = 2  # for whether a file would be taken: it does not wait for other files
UPLOADS_SHARE = 1 / 8  # of a processor, for both: see docs/performance.md

T = TypeVar("T")


class PageThreads(ThreadPoolExecutor):
    """Runs each synchronous call of a request on a free thread, whose connection is kept.

    The calls of one request may run on different threads. They share nothing that belongs to a
    thread: a view and its middleware are one call, and transactions end within a call.
    """

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        return super().submit(database.with_connection, fn, *args, **kwargs)


class UploadThreads(PageThreads):
    """Page threads for requests that bring files. They share what they may compute."""

    share = ProcessorShare(UPLOADS_SHARE)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        return super().submit(self.share.run, fn, *args, **kwargs)


_threads = PageThreads(THREADS, thread_name_prefix="page")
_upload_threads = UploadThreads(UPLOAD_THREADS, thread_name_prefix="uploaded")
_announcement_threads = UploadThreads(ANNOUNCEMENT_THREADS, thread_name_prefix="announced")


async def http_application(scope: Any, receive: ASGIReceiveCallable, send: Any) -> None:
    """Django's pages."""
    async with ThreadSensitiveContext(executor=_threads_for(scope)):
        await django_application()(scope, receive, send)


def _threads_for(scope: Any) -> PageThreads:
    """Files are examined on threads of their own: also by a part without bytes, which ends one."""
    if ANNOUNCEMENT in scope:
        return _announcement_threads
    may_take_long = FORM in scope or BODY in scope or scope["method"].upper() == "PATCH"
    return _upload_threads if may_take_long else _threads


@cache
def django_application() -> PageHandler:
    """The handler, built after `startup.prepare`: its middleware lists the static files."""
    return PageHandler()
