"""The application that takes uploads, without a server."""

import asyncio
import errno
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from chat.files.temporary import temporary_folder
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.multipart import CONTENT_TYPE, field, file, form_body
from mysite.servers import page_threads
from mysite.servers.received import BODY, FORM
from mysite.servers.uploads import Uploads, application, pace, slots, temporary_files, turns
from mysite.servers.uploads.temporary_files import TemporaryFile

FILES = "/chat/a/files"
PART = f"{FILES}/0b0f2a5e-0000-4000-8000-000000000000"
DISCONNECT = {"type": "http.disconnect"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return tmp_path


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


class Pages:
    """An application that remembers what it got."""

    def __init__(self) -> None:
        self.got: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if FORM in scope:
            files = scope[FORM].as_files()
            self.got.append({name: it.read() for name, it in files.items()})
        elif BODY in scope:
            self.got.append(scope[BODY].read())
        else:
            self.got.append(await receive())
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


class Client:
    """Sends one request, message by message, and remembers the answer."""

    def __init__(self, method: str, path: str, *messages: Any, **headers: str) -> None:
        named = {"content-length": "1", **headers}
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "client": ("198.51.100.7", 50_000),
            "headers": [(it.encode(), value.encode()) for it, value in named.items()],
        }
        self.messages = [*messages]
        self.is_waiting = asyncio.Event()
        self.sent: list[Any] = []

    async def receive(self) -> Any:
        if self.messages:
            return self.messages.pop(0)
        self.is_waiting.set()
        return await asyncio.Event().wait()

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    async def __call__(self, uploads: Uploads) -> tuple[int, str]:
        """The status of the answer, and the code of the error."""
        await uploads(self.scope, self.receive, self.send)
        body = self.sent[1].get("body")
        return self.sent[0]["status"], json.loads(body)["error"]["code"] if body else ""


def body(data: bytes, more_body: bool = False) -> Any:
    return {"type": "http.request", "body": data, "more_body": more_body}


def a_form(*messages: Any, content_type: bytes = CONTENT_TYPE) -> Client:
    headers = {"content-type": content_type.decode()}
    return Client("POST", FILES, *(messages or (body(form_body(file(b"x"))),)), **headers)


async def refuse_nothing(scope: Any) -> None:
    pass


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def uploads(pages: Pages, folder: Path) -> Iterator[Uploads]:
    """Which leaves no file behind."""
    yield Uploads(pages, refuse_nothing)
    assert files_in(folder) == []


async def test_a_file_comes_in_pieces(uploads: Uploads, pages: Pages) -> None:
    whole = form_body(field(b"id", b"42"), file(b"x" * 1_000_000))
    half = len(whole) // 2
    client = a_form(body(whole[:half], True), body(whole[half:], True), body(b""))
    assert await client(uploads) == (204, "")
    assert pages.got == [{"file": b"x" * 1_000_000}]


async def test_a_part_of_a_resumable_upload_is_a_file_to_read(
    uploads: Uploads, pages: Pages
) -> None:
    client = Client("PATCH", PART, body(b"ab", True), body(b"c"))
    assert await client(uploads) == (204, "")
    assert pages.got == [b"abc"]


async def test_what_arrived_before_a_connection_broke_is_handed_on(
    uploads: Uploads, pages: Pages
) -> None:
    client = Client("PATCH", PART, body(b"ab", True), DISCONNECT)
    await uploads(client.scope, client.receive, client.send)
    assert pages.got == [b"ab"]
    assert client.sent == []


async def test_nothing_that_arrived_is_nothing_to_hand_on(uploads: Uploads, pages: Pages) -> None:
    client = Client("PATCH", PART, DISCONNECT)
    await uploads(client.scope, client.receive, client.send)
    assert pages.got == []


async def test_a_form_that_broke_off_is_dropped(uploads: Uploads, pages: Pages) -> None:
    client = a_form(body(form_body(file(b"x"))[:-20], True), DISCONNECT)
    await uploads(client.scope, client.receive, client.send)
    assert pages.got == client.sent == []


@pytest.mark.parametrize(
    ("method", "path"), [("GET", FILES), ("POST", "/name/"), ("DELETE", PART), ("HEAD", PART)]
)
async def test_other_requests_are_the_pages_own(
    uploads: Uploads, pages: Pages, method: str, path: str
) -> None:
    assert await Client(method, path, body(b"x"))(uploads) == (204, "")
    assert pages.got == [body(b"x")]


async def test_the_beginning_of_a_resumable_upload_has_no_body(
    uploads: Uploads, pages: Pages
) -> None:
    client = Client("POST", FILES, body(b""), **{"content-length": "0"})
    assert await client(uploads) == (204, "")
    assert pages.got == [body(b"")]


async def test_a_body_that_is_no_form_is_refused_unread(uploads: Uploads) -> None:
    client = a_form(body(b"x"), content_type=b"text/plain")
    assert await client(uploads) == (415, "bad_form")
    assert client.messages


async def test_a_refusal_comes_before_the_body(pages: Pages) -> None:
    class Refusal:
        status, code, detail = 403, "not_allowed", "No."
        headers = [(b"retry-after", b"7")]

    async def refuse(scope: Any) -> Any:
        return Refusal()

    client = a_form()
    assert await client(Uploads(pages, refuse)) == (403, "not_allowed")
    assert client.messages
    assert pages.got == []
    headers = dict(client.sent[0]["headers"])
    assert headers[b"retry-after"] == b"7"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"cache-control"] == b"no-store"


async def test_a_file_is_refused_as_soon_as_it_is_too_large(
    uploads: Uploads, settings: Settings
) -> None:
    settings.FILE_MAX_BYTES = 1_000
    whole = form_body(file(b"x" * 2 * application.PIECE_BYTES))
    client = a_form(body(whole[:-100], True), body(whole[-100:]))
    assert await client(uploads) == (413, "too_large")
    assert client.messages


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_full_disk_is_told(
    uploads: Uploads, number: int, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FullDisk:
        name = "full"

        def __init__(self, *args: Any, **options: Any) -> None:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(temporary_files, "NamedTemporaryFile", FullDisk)
    client = a_form() if method == "POST" else Client("PATCH", PART, body(b"x"))
    assert await client(uploads) == (507, "no_space")


async def test_a_broken_disk_is_our_fault(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: TemporaryFile, data: bytes) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(TemporaryFile, "write", fail)
    with pytest.raises(OSError, match="Input/output"):
        await a_form()(uploads)


async def test_a_file_goes_when_the_view_fails(folder: Path) -> None:
    async def failing(*args: Any) -> None:
        assert len(files_in(folder)) == 1
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await a_form()(Uploads(failing, refuse_nothing))
    assert files_in(folder) == []


@pytest.mark.parametrize("path", [FILES, PART])
async def test_a_file_goes_when_its_upload_is_cancelled(uploads: Uploads, path: str) -> None:
    client = a_form(body(form_body(file(b"x"))[:-20], True))
    if path == PART:
        client = Client("PATCH", PART, body(b"x", True))
    running = asyncio.create_task(client(uploads))
    await client.is_waiting.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_view_reads_on_when_its_request_is_cancelled(folder: Path) -> None:
    """Its thread does not end with the request."""
    scopes: list[Any] = []

    async def hanging(scope: Any, *_: Any) -> None:
        scopes.append(scope)
        await asyncio.Event().wait()

    running = asyncio.create_task(a_form()(Uploads(hanging, refuse_nothing)))
    async with asyncio.timeout(30):
        while not scopes:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert files_in(folder) == []
    assert scopes[0][FORM].as_files()["file"].read() == b"x"


async def test_the_uploads_of_a_network_at_once_are_bounded(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "NETWORK_UPLOADS_MAX", 1)
    bob = Client("PATCH", PART, body(b"x"))
    running = await begin(uploads, Client("PATCH", PART))
    assert await bob(uploads) == (429, "too_fast")
    assert (b"retry-after", b"5") in bob.sent[0]["headers"]
    carol = Client("PATCH", PART, body(b"x"))
    carol.scope["client"] = ("198.51.100.8", 50_000)
    assert await carol(uploads) == (204, "")
    running.cancel()


async def test_the_uploads_of_all_at_once_are_bounded(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "UPLOADS_MAX", 1)
    running = await begin(uploads, Client("PATCH", PART))
    bob = Client("PATCH", PART, body(b"x"))
    bob.scope["client"] = ("198.51.100.8", 50_000)
    assert await bob(uploads) == (503, "busy")
    running.cancel()
    await asyncio.wait([running])
    assert await Client("PATCH", PART, body(b"x"))(uploads) == (204, "")


async def begin(uploads: Uploads, client: Client) -> "asyncio.Task[Any]":
    """An upload that waits for its client."""
    running = asyncio.create_task(client(uploads))
    await client.is_waiting.wait()
    return running


async def test_uploads_together_leave_time_to_chat(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(pace, "_now", lambda: 1_000.0)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(pace, "BYTES_PER_SECOND", 10)
    for _ in range(2):
        await Client("PATCH", PART, body(b"x" * 20))(uploads)
    assert slept == [2, 4]


async def test_pictures_of_one_network_leave_threads_to_others(folder: Path) -> None:
    """Here, those of Alice's network take for ever."""
    end, busy = asyncio.Event(), asyncio.Semaphore(0)

    async def work(scope: Any, receive: Any, send: Any) -> None:
        busy.release()
        if scope["client"][0] == "198.51.100.7":
            await end.wait()
        await Pages()(scope, receive, send)

    uploads = Uploads(work, refuse_nothing)
    of_alice = [asyncio.create_task(a_form()(uploads)) for _ in range(turns.AT_ONCE)]
    for _ in range(turns.NETWORK_AT_ONCE):
        await busy.acquire()
    bob = a_form()
    bob.scope["client"] = ("198.51.100.8", 50_000)
    assert await bob(uploads) == (204, "")
    end.set()
    assert await asyncio.gather(*of_alice) == [(204, "")] * turns.AT_ONCE


async def test_who_leaves_while_waiting_takes_no_turn() -> None:
    waiting, order = turns.Turns(), list[str]()

    async def work(network: str) -> None:
        async with waiting.take(network):
            order.append(network)
            await asyncio.Event().wait()

    tasks = [asyncio.create_task(work(it)) for it in "aabbcdef"]
    await until(lambda: len(order) == turns.AT_ONCE)
    tasks[4].cancel()  # c waits, a has a turn
    tasks[0].cancel()
    await until(lambda: len(order) == turns.AT_ONCE + 1)
    assert order == [*"aabb", "d"]
    for it in tasks:
        it.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(TIMEOUT_SECONDS), waiting.take("a"):
        pass  # all turns were given back


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0)


def test_there_are_as_many_turns_as_threads() -> None:
    assert turns.AT_ONCE == page_threads.UPLOAD_THREADS


def test_a_start_removes_what_a_crash_left(folder: Path) -> None:
    """But no file that another process uses, or is about to."""
    used = TemporaryFile()
    crashed, new, other = (folder / name for name in ("a.upload", "b.upload.png", "other"))
    for path in (crashed, new, other):
        path.touch()
    long_ago = time.time() - 2 * temporary_files.NEW_SECONDS
    for path in (crashed, other, Path(used.file.name)):
        os.utime(path, (long_ago, long_ago))
    temporary_files.sweep()
    assert {*files_in(folder)} == {new, other, Path(used.file.name)}
    used.close()


def test_a_start_removes_folders_that_a_crash_left(folder: Path) -> None:
    crashed = folder / "a.upload"
    crashed.mkdir()
    (crashed / "whole").touch()
    long_ago = time.time() - 2 * temporary_files.NEW_SECONDS
    with temporary_folder() as used:
        for path in (crashed, used):
            os.utime(path, (long_ago, long_ago))
        temporary_files.sweep()
        assert [*folder.iterdir()] == [used]
    assert not [*folder.iterdir()]


def test_a_file_is_on_disk_too_where_django_parses_the_form(rf: RequestFactory) -> None:
    upload = SimpleUploadedFile("a.png", b"x", "image/png")
    request = rf.post(FILES, {"file": upload, "id": "42"})
    received: Any = request.FILES["file"]
    assert Path(received.temporary_file_path()).read_bytes() == b"x"
    assert request.POST["id"] == "42"
    request.close()
