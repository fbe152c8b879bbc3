"""Lobby under a path, behind a proxy that removes the path from requests or passes it on."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from chat.tests.support import raw_http
from chat.tests.support.clients import v1
from chat.tests.support.prefix_proxy import behind_a_proxy
from chat.tests.support.servers import Server, serving

LINK = re.compile(r'(?:href|src|action|data-root)="(/[^"]*)"')
TOKEN = "x" * 32


class NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module", params=["off", "on"], ids=["passed on", "stripped"])
def stripped(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


@pytest.fixture(scope="module")
def server(kind: str, stripped: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"ROOT_PATH": "/lobby/", "ROOT_PATH_STRIPPED": stripped}
    with serving(kind, tmp_path_factory.mktemp("lobby"), **settings) as server:
        yield server
        assert "Traceback" not in server.log


@pytest.fixture
def index(server: Server, stripped: str) -> Iterator[str]:
    """The public address of the index."""
    with behind_a_proxy(server, "/lobby", strips=stripped == "on") as address:
        yield address


def text(address: str) -> str:
    with urlopen(address) as answer:
        content: str = answer.read().decode()
        return content


@pytest.mark.parametrize("page", ["", "chat/tea/", "offline", "manifest.webmanifest"])
def test_all_that_a_page_links_to_is_there(index: str, page: str) -> None:
    if page == "offline":
        found = re.search(r'"offline": "/lobby/([^"]+)"', text(f"{index}service-worker.js"))
        assert found
        page = found[1]
    links = set(LINK.findall(text(f"{index}{page}")))
    links |= set(re.findall(r'": "(/[^"]*)"', text(f"{index}{page}")))  # JSON
    assert links
    forms, of_accounts = {"/lobby/i18n/setlang/", "/lobby/name/"}, {"/lobby/moderation/"}
    for link in links - forms - of_accounts:
        assert link.startswith("/lobby/"), link
        with urlopen(urljoin(index, link)) as answer:
            assert answer.status == 200, link


def test_all_that_the_service_worker_caches_is_there(index: str) -> None:
    addresses = re.findall(r'^    "(/[^"]+)",?$', text(f"{index}service-worker.js"), re.MULTILINE)
    assert len(addresses) > 10
    for address in addresses:
        assert address.startswith("/lobby/static/")
        with urlopen(urljoin(index, address)) as answer:
            assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("form", "fields", "target"),
    [
        ("", "name=Alice&room=tea", "/lobby/chat/tea/"),
        ("i18n/setlang/", "language=de&next=/lobby/chat/tea/", "/lobby/chat/tea/"),
        ("i18n/setlang/", "language=de&next=//evil.example/", "/lobby/"),
    ],
)
def test_a_form_leads_to_a_page_under_the_path(
    index: str, form: str, fields: str, target: str
) -> None:
    headers = {"Cookie": f"csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
    request = Request(f"{index}{form}", fields.encode(), headers)
    with pytest.raises(HTTPError) as redirect:
        build_opener(NoRedirects).open(request)
    redirect.value.close()
    assert redirect.value.code == 302
    assert urlsplit(redirect.value.headers["Location"]).path == target


@pytest.mark.parametrize("path", ["chat/tea", "admin", "admin/"])
def test_a_redirect_stays_under_the_path(index: str, path: str) -> None:
    with urlopen(f"{index}{path}") as answer:
        assert urlsplit(answer.url).path.startswith("/lobby/")


def test_the_pages_say_the_public_address_of_the_room(index: str) -> None:
    assert f'value="{index}chat/tea/"' in text(f"{index}chat/tea/")


def test_an_error_page_leads_to_the_index(index: str) -> None:
    with pytest.raises(HTTPError) as refusal:
        urlopen(f"{index}nowhere/")
    assert 'href="/lobby/"' in refusal.value.read().decode()


async def test_the_socket_of_our_own_page_opens(index: str, room: str) -> None:
    origin = Origin(index.removesuffix("/lobby/"))
    url = f"{index.replace('http', 'ws', 1)}ws/chat/{room.replace(' ', '%20')}/"
    async with v1(url, origin=origin) as alice:
        assert (await alice.say("hello"))["text"] == "hello"
    with pytest.raises(InvalidStatus):
        await connect(url, origin=Origin("http://127.0.0.1:1"))


def test_health_is_asked_with_the_path_or_without(server: Server) -> None:
    for path in ("/livez", "/lobby/livez", "/readyz", "/lobby/readyz"):
        with urlopen(f"{server.url}{path}") as answer:
            assert answer.status == 200


def test_a_path_that_was_removed_is_not_removed_again(server: Server, stripped: str) -> None:
    """A proxy's rule for /lobby/admin/ would not see /lobby/lobby/admin/."""
    expected = {"on": (404, 200), "off": (200, 404)}[stripped]
    paths = b"/lobby/admin/login/", b"/admin/login/"
    assert tuple(raw_http.status(server, raw_http.request(path)) for path in paths) == expected


def test_a_socket_outside_the_path_is_refused(server: Server, stripped: str) -> None:
    outside = {"on": b"/lobby/ws/chat/tea/", "off": b"/ws/chat/tea/"}[stripped]
    handshake = raw_http.request(outside, *raw_http.HANDSHAKE)
    assert raw_http.status(server, handshake) in {403, 101}


def test_paths_outside_are_told_once(tmp_path: Path, kind: str) -> None:
    with serving(kind, tmp_path, ROOT_PATH="/lobby") as server:
        for path in (b"/", b"/lobbyist/", b"/chat/tea/"):
            assert raw_http.status(server, raw_http.request(path)) == 404
        assert server.log.count("set ROOT_PATH_STRIPPED=on") == 1


def test_a_root_path_that_is_one_of_ours_is_no_other(tmp_path: Path) -> None:
    """/chat is a likely choice."""
    with serving("uvicorn", tmp_path, ROOT_PATH="/chat") as server:
        assert 'action="/chat/"' in text(f"{server.url}/chat/")
        assert 'data-root="/chat/"' in text(f"{server.url}/chat/chat/tea/")
        assert raw_http.status(server, raw_http.request(b"/chat/tea/")) == 404
