"""Files that the proxy sends, as docs/files.md configures it."""

import urllib.request
from collections.abc import Iterator
from email.message import Message
from urllib.error import HTTPError

import pytest

from chat.tests.support.nginx import nginx
from chat.tests.support.servers import serving

KEY = "3f/3f9c2a"
DATA = bytes(range(256)) * 1_000


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an nginx in front of a Lobby with a file."""
    settings = "chat.tests.support.stored_files_settings"
    data_dir = tmp_path_factory.mktemp("lobby")
    with (
        serving(
            "uvicorn", data_dir, DJANGO_SETTINGS_MODULE=settings, FILES_ACCEL="/stored-files"
        ) as server,
        nginx(server, tmp_path_factory.mktemp("nginx")) as port,
    ):
        path = data_dir / "files" / KEY
        path.parent.mkdir(parents=True)
        path.write_bytes(DATA)
        yield f"http://127.0.0.1:{port}"


def get(address: str, **headers: str) -> tuple[int, Message, bytes]:
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read()


def test_the_proxy_sends_the_file_with_all_that_keeps_it_from_running(proxy: str) -> None:
    status, headers, body = get(f"{proxy}/stored/{KEY}")
    assert (status, body) == (200, DATA)
    told = {
        "Cache-Control": "private, no-cache",
        "Content-Disposition": 'inline; filename="tea.png"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Type": "image/png",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    assert {name: headers.get_all(name) for name in told} == {
        name: [value] for name, value in told.items()
    }
    assert "X-Accel-Redirect" not in headers


def test_the_proxy_knows_ranges_and_conditions(proxy: str) -> None:
    status, headers, body = get(f"{proxy}/stored/{KEY}", Range="bytes=100-299")
    assert (status, body) == (206, DATA[100:300])
    etag = headers["ETag"]
    assert get(f"{proxy}/stored/{KEY}", **{"If-None-Match": etag})[0] == 304
    assert get(f"{proxy}/stored/{KEY}", **{"If-Match": etag})[0] == 200


def test_nobody_gets_a_file_past_lobby(proxy: str) -> None:
    assert get(f"{proxy}/stored-files/{KEY}")[0] == 404


def test_a_file_that_has_gone_is_not_found(proxy: str) -> None:
    assert get(f"{proxy}/stored/3f/gone?size=5")[0] == 404
