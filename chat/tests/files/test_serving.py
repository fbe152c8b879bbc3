"""Answers with a file: headers, parts, conditions, and what goes wrong."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.core.files.base import ContentFile
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from chat.files import serving
from chat.files.serving import Served, respond
from chat.files.storage import FilesStorage
from chat.files.storage.folder import FolderStorage

KEY = "3f/3f9c2a"
DATA = bytes(range(256)) * 1_000
ETAG = '"3f9c2a"'


def served(
    name: str = "tea.png", type: str = "image/png", size: int = len(DATA), is_inline: bool = True
) -> Served:
    return Served(KEY, name, type, size, "3f9c2a", is_inline)


def ask(
    file: Served | None = None, path: str = "/", method: str = "GET", **headers: str
) -> HttpResponseBase:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = RequestFactory().generic(method, path, headers=named)
    return respond(request, file or served())


async def body(response: HttpResponseBase) -> bytes:
    if isinstance(response, HttpResponse):
        return response.content
    assert isinstance(response, StreamingHttpResponse)
    data = b"".join([part async for part in response])
    response.close()
    return data


@pytest.fixture
def stored(storage: FilesStorage) -> FilesStorage:
    storage.save(KEY, ContentFile(DATA))
    return storage


@pytest.fixture
def in_folder(folder: FilesStorage) -> FilesStorage:
    folder.save(KEY, ContentFile(DATA))
    return folder


# --- what is sent -------------------------------------------------------------------------------


async def test_a_file_is_sent_whole(stored: FilesStorage) -> None:
    response = ask()
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(DATA))
    assert await body(response) == DATA


async def test_a_part_is_sent_alone(stored: FilesStorage) -> None:
    response = ask(Range="bytes=200000-200099")
    assert response.status_code == 206
    assert response["Content-Length"] == "100"
    assert response["Content-Range"] == f"bytes 200000-200099/{len(DATA)}"
    assert await body(response) == DATA[200_000:200_100]


async def test_head_tells_the_length_and_sends_nothing(stored: FilesStorage) -> None:
    response = ask(method="HEAD", Range="bytes=0-9")
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(DATA))
    assert await body(response) == b""


async def test_an_empty_file_is_sent(storage: FilesStorage) -> None:
    storage.save(KEY, ContentFile(b""))
    response = ask(served(size=0), Range="bytes=-5")
    assert (response.status_code, response["Content-Length"]) == (200, "0")
    assert await body(response) == b""


@pytest.mark.parametrize("header", ["bytes=0-1,3-4", "bytes=4-2", "pages=1-2"])
async def test_other_ranges_are_answered_whole(in_folder: FilesStorage, header: str) -> None:
    response = ask(Range=header)
    assert response.status_code == 200
    assert await body(response) == DATA


def test_a_range_after_the_end_is_told_the_length(in_folder: FilesStorage) -> None:
    response = ask(Range=f"bytes={len(DATA)}-")
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(DATA)}"


def test_whoever_has_the_file_is_sent_nothing(folder: FilesStorage) -> None:
    response = ask(If_None_Match=f'"other", W/{ETAG}', Range="bytes=0-9")
    assert response.status_code == 304
    assert response["ETag"] == ETAG
    assert response["Cache-Control"] == "private, no-cache"


def test_whoever_wants_another_file_is_sent_nothing(folder: FilesStorage) -> None:
    assert ask(If_Match='"other"').status_code == 412


async def test_a_part_of_another_file_is_answered_whole(in_folder: FilesStorage) -> None:
    response = ask(Range="bytes=0-9", If_Range='"other"')
    assert response.status_code == 200
    assert await body(response) == DATA


# --- headers ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_answer_lets_a_file_run_as_us(in_folder: FilesStorage) -> None:
    answers = [
        ask(),
        ask(method="HEAD"),
        ask(Range="bytes=0-9"),
        ask(Range="bytes=999999-"),
        ask(If_None_Match=ETAG),
        ask(If_Match='"other"'),
    ]
    assert [it.status_code for it in answers] == [200, 200, 206, 416, 304, 412]
    for answer in answers:
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "private, no-cache"
        assert answer["Accept-Ranges"] == "bytes"
        assert answer["ETag"] == ETAG
        answer.close()


@pytest.mark.parametrize(
    "type", ["image/png", "audio/ogg", "video/mp4", "text/plain; charset=utf-8"]
)
def test_what_browsers_show_is_shown(in_folder: FilesStorage, type: str) -> None:
    response = ask(served(type=type))
    assert response["Content-Type"] == type
    assert response["Content-Disposition"] == 'inline; filename="tea.png"'


@pytest.mark.parametrize(
    ("type", "policy"),
    [
        ("image/png", "sandbox; default-src 'none'"),
        ("text/plain", "sandbox; default-src 'none'"),
        ("audio/ogg", "sandbox allow-same-origin; default-src 'none'; media-src 'self'"),
        ("video/mp4", "sandbox allow-same-origin; default-src 'none'; media-src 'self'"),
        ("video/x+xml", "sandbox; default-src 'none'"),
    ],
)
def test_media_may_load_themselves_and_nothing_runs_scripts(
    in_folder: FilesStorage, type: str, policy: str
) -> None:
    assert ask(served(type=type))["Content-Security-Policy"] == policy


@pytest.mark.parametrize(
    "type",
    ["text/html", "image/svg+xml", "application/pdf", "application/xhtml+xml", "text/xml", ""],
)
@pytest.mark.parametrize("is_inline", [False, True])
def test_what_could_run_is_never_shown_whatever_its_row_says(
    in_folder: FilesStorage, type: str, is_inline: bool
) -> None:
    response = ask(served(type=type, is_inline=is_inline))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="tea.png"'


def test_a_picture_that_may_not_be_shown_is_not(in_folder: FilesStorage) -> None:
    response = ask(served(is_inline=False))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment; ")


def test_a_picture_is_downloaded_if_asked_for(in_folder: FilesStorage) -> None:
    response = ask(path="/?download=1")
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"] == 'attachment; filename="tea.png"'


def test_a_name_cannot_break_the_header(in_folder: FilesStorage) -> None:
    response = ask(served(name='../a"\r\nSet-Cookie: b=c\r\n.png'))
    assert response["Content-Disposition"] == (
        "inline; filename=\"a_Set-Cookie: b=c.png\"; filename*=UTF-8''a%22Set-Cookie%3A%20b%3Dc.png"
    )


# --- a proxy that sends the files itself --------------------------------------------------------


def test_a_proxy_is_told_where_the_file_is(in_folder: FilesStorage, settings: Settings) -> None:
    settings.FILES_ACCEL = "/stored-files"
    for response in (ask(), ask(Range="bytes=0-9"), ask(If_Match='"the proxy\'s"')):
        assert isinstance(response, HttpResponse)
        assert (response.status_code, response.content) == (200, b"")
        assert response["X-Accel-Redirect"] == f"/stored-files/{KEY}"
        assert response["Content-Disposition"] == 'inline; filename="tea.png"'
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert "Content-Length" not in response


# --- what goes wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_file_that_has_gone_is_not_found(storage: FilesStorage, method: str) -> None:
    with pytest.raises(Http404):
        ask(method=method)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_storage_that_does_not_work_is_told_and_logged_once(
    in_folder: FilesStorage,
    tmp_path: Path,
    method: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*args: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(FolderStorage, "read", lambda *args: map(fail, [KEY]))
    monkeypatch.setattr(FolderStorage, "size", fail)
    response = ask(method=method)
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    [record] = caplog.records
    assert record.getMessage() == f"File {KEY} cannot be read: [Errno 5] Input/output error"
    assert record.exc_info is None


async def test_a_storage_that_hangs_holds_no_page_thread(
    in_folder: FilesStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    monkeypatch.setattr(serving, "FIRST_SECONDS", 0)

    def size(*args: object) -> int:
        answers.wait()
        return len(DATA)

    def read(*args: object) -> Iterator[bytes]:
        answers.wait()
        yield DATA

    monkeypatch.setattr(FolderStorage, "size", size)
    monkeypatch.setattr(FolderStorage, "read", read)
    response, head = ask(), ask(method="HEAD")  # they return before the storage does
    answers.set()
    assert await body(response) == DATA
    assert (response.status_code, head.status_code) == (200, 200)


async def test_a_file_that_ends_early_ends_the_answer(
    in_folder: FilesStorage, caplog: pytest.LogCaptureFixture
) -> None:
    response = ask(served(size=len(DATA) + 1))
    with pytest.raises(asyncio.CancelledError):  # which servers take for the end of the connection
        await body(response)
    [record] = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert record.getMessage().startswith(f"File {KEY} ends early: ")


async def test_an_answer_that_is_left_closes_the_file(
    in_folder: FilesStorage, tmp_path: Path
) -> None:
    path = str(tmp_path / "files" / KEY)
    response = ask()
    assert isinstance(response, StreamingHttpResponse)
    await anext(aiter(response))
    assert path in [it.path for it in psutil.Process().open_files()]
    response.close()
    async with asyncio.timeout(20):
        while path in [it.path for it in psutil.Process().open_files()]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_of_an_answer_that_nobody_reads_two_pieces_wait(
    in_folder: FilesStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []

    def noted(self: FolderStorage, key: str, start: int, end: int) -> Iterator[bytes]:
        for number in range(start, end, 1_000):
            read.append(number)
            yield DATA[number : number + 1_000]

    monkeypatch.setattr(FolderStorage, "read", noted)
    response = ask()
    assert isinstance(response, StreamingHttpResponse)
    parts = aiter(response)
    for taken in (1, 2, 3):
        await anext(parts)
        response._iterator.reading.result()  # type: ignore[attr-defined]
        assert len(read) == taken + 1
    response.close()
