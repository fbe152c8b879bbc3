"""How often a page is handed to a thread."""

import threading
from concurrent.futures import Future
from io import BytesIO
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.templatetags.static import static
from pytest_django.fixtures import Settings

from chat.live.rates import PAGE
from chat.models import Room
from chat.tests.support.clients import TIMEOUT_SECONDS
from mysite.servers import page_threads
from mysite.servers.page_threads import PageThreads, UploadThreads, http_application
from mysite.servers.received import ANNOUNCEMENT, BODY, FORM, ReceivedForm

CALLS = 3  # Django's signal that a request began; the page; closing the response

HEADERS = {b"content-security-policy", b"x-content-type-options", b"referrer-policy"}
HEADERS |= {b"permissions-policy", b"cross-origin-opener-policy", b"cross-origin-resource-policy"}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    calls: list[Any] = []
    submit = PageThreads.submit

    def counted(self: PageThreads, work: Any, /, *args: Any, **options: Any) -> "Future[Any]":
        calls.append(work)
        return submit(self, work, *args, **options)

    monkeypatch.setattr(PageThreads, "submit", counted)
    return calls


async def get(path: str, **received: Any) -> Any:
    """The start of the response: its status and headers."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "client": ("192.0.2.7", 50_000),
        **received,
    }
    communicator: Any = ApplicationCommunicator(http_application, scope)  # type: ignore[no-untyped-call]
    await communicator.send_input({"type": "http.request", "body": b""})
    start = await communicator.receive_output(TIMEOUT_SECONDS)
    while (await communicator.receive_output(TIMEOUT_SECONDS)).get("more_body"):
        pass
    await communicator.wait(TIMEOUT_SECONDS)
    return start


@pytest.mark.parametrize("path", ["/", "/chat/Lobby/", "/chat/Lobby/messages", "/admin/login/"])
async def test_a_page_with_all_its_middleware_is_one_call_on_a_thread(
    lobby: Room, calls: list[Any], path: str
) -> None:
    assert (await get(path))["status"] == 200
    assert len(calls) == CALLS


@pytest.mark.parametrize("path", ["/", "/nowhere/", "/chat/a/b/", "static"])
async def test_a_response_has_the_headers_that_bind_browsers_whatever_answers_it(
    lobby: Room, path: str
) -> None:
    start = await get(static("chat/icon.svg") if path == "static" else path)
    assert names(start) >= HEADERS


async def test_a_refusal_for_the_rate_has_the_headers_that_bind_browsers(
    lobby: Room, settings: Settings
) -> None:
    settings.RATES = {PAGE: (None, (1, 60))}
    await get("/")
    start = await get("/")
    assert start["status"] == 429
    assert names(start) >= HEADERS


@pytest.mark.parametrize(
    ("key", "threads"), [(ANNOUNCEMENT, "announced"), (BODY, "uploaded"), (FORM, "uploaded")]
)
async def test_requests_with_files_run_on_threads_of_their_own(
    lobby: Room, monkeypatch: pytest.MonkeyPatch, key: str, threads: str
) -> None:
    """Where they wait for each other, and for pictures, no page waits."""
    used: list[str] = []
    monkeypatch.setattr(UploadThreads, "share", Recorded(used))
    received = {ANNOUNCEMENT: True, BODY: BytesIO(), FORM: ReceivedForm([], [])}
    await get("/nowhere/", **{key: received[key]})
    assert len(used) == CALLS
    assert all(it.startswith(threads) for it in used)


class Recorded:
    """A share that notes who asks."""

    def __init__(self, used: list[str]) -> None:
        self._used = used

    def run(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        self._used.append(threading.current_thread().name)
        return work(*args, **kwargs)


def names(start: Any) -> set[bytes]:
    return {name.lower() for name, _ in start["headers"]}


@pytest.mark.parametrize(
    ("method", "received", "takes_long"),
    [("GET", {}, False), ("POST", {}, False), ("POST", {FORM: None}, True), ("patch", {}, True)],
)
def test_what_may_examine_a_file_is_not_in_the_threads_of_pages(
    method: str, received: dict[str, Any], takes_long: bool
) -> None:
    threads = page_threads._threads_for({"method": method, **received})
    assert (threads is not page_threads._threads) == takes_long
