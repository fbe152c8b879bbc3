"""The way to pages, on a real server: guarded, and bounded in bytes, hops and time."""

import asyncio
import gzip
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
import trustme
from pytest_django.fixtures import Settings

from chat.link_cards import client as client_module
from chat.link_cards import network
from chat.link_cards.client import REDIRECTS_MAX, Client, Wanted
from chat.link_cards.fetching import PAGE, PAGE_MAX_BYTES, PICTURE
from chat.link_cards.network import GuardedNetwork, Place
from chat.link_cards.no_card import NoCard
from chat.link_cards.targets import target_of
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.web_site import (
    LOOPBACK,
    Site,
    endless,
    page,
    redirect,
    serving_site,
    silent,
)

URL = target_of("http://news.example/a?b=c")


@pytest.fixture(autouse=True)
def no_own_hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving_site() as site:
        yield site


async def test_name_servers_that_do_not_answer_take_no_thread_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: answered.wait() and [])
    asked = [asyncio.create_task(network.resolve("slow.example", 80)) for _ in range(50)]
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            assert await asyncio.to_thread(lambda: "free") == "free"
    finally:
        answered.set()
        await asyncio.gather(*asked)


async def refused(client: Client, url: str = URL.url, wanted: Wanted = PAGE) -> str:
    """Why nothing is fetched."""
    with pytest.raises(NoCard) as reason:
        await client.fetch(target_of(url), wanted)
    return str(reason.value)


async def test_a_page_is_asked_for_with_nothing_that_tells_who_wants_it(site: Site) -> None:
    site.on("/a?b=c", page("<title>News</title>"))
    fetched = await site.client().fetch(URL, PAGE)
    assert (fetched.body, fetched.type, fetched.charset) == (
        b"<title>News</title>",
        "text/html",
        "utf-8",
    )
    head, *lines = site.requests[0].strip().split("\r\n")
    assert head == "GET /a?b=c HTTP/1.1"
    names = {it.partition(":")[0] for it in lines}
    assert names == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert {"Host: news.example", "Accept-Encoding: identity"} <= set(lines)


async def test_the_guard_refuses_loopback_whatever_the_name(site: Site) -> None:
    site.on("/", page("<title>Admin</title>"))
    guarded = Client(GuardedNetwork(lambda address: None, site.resolve))
    assert await refused(guarded, "http://intern.example/") == "an address that is not public"
    real = Client(GuardedNetwork(lambda address: None))
    for url in ("http://127.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/"):
        assert await refused(real, url) == "an address that is not public"
    assert not site.requests


async def test_one_private_address_among_public_ones_refuses_the_name(site: Site) -> None:
    async def resolve(host: str, port: int) -> list[Place]:
        return [("8.8.8.8", 80), ("10.0.0.1", 80)]

    asked: list[str] = []
    assert await refused(Client(GuardedNetwork(asked.append, resolve)))
    assert not asked


async def test_a_name_is_resolved_once_for_a_connection_so_it_cannot_change(site: Site) -> None:
    """DNS rebinding: what was checked is what is connected to."""
    answers = [[(LOOPBACK, site.port)], [("10.0.0.1", 80)]]
    resolved: list[str] = []

    async def resolve(host: str, port: int) -> list[Place]:
        resolved.append(host)
        return answers[len(resolved) - 1]

    network = GuardedNetwork(lambda address: None, resolve, lambda it: it == LOOPBACK)
    site.on("/a?b=c", page("<title>News</title>"))
    await Client(network).fetch(URL, PAGE)
    assert resolved == ["news.example"]
    assert await refused(Client(network)) == "an address that is not public"


async def test_no_proxy_of_the_environment_is_used(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.on("/a?b=c", page("<title>News</title>"))
    assert (await site.client().fetch(URL, PAGE)).body


async def test_redirects_are_followed_a_few_times(site: Site) -> None:
    site.on("/a?b=c", redirect("/1"))
    for hop in range(1, REDIRECTS_MAX):
        site.on(f"/{hop}", redirect(f"http://news.example:80/{hop + 1}"))
    site.on(f"/{REDIRECTS_MAX}", page("<title>There</title>"))
    fetched = await site.client().fetch(URL, PAGE)
    assert fetched.target.url == f"http://news.example/{REDIRECTS_MAX}"
    site.on(f"/{REDIRECTS_MAX}", redirect("/"))
    assert await refused(site.client()) == "too many redirects"


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://intern.example/",
        "http://localhost/",
        "http://2130706433/",
        "http://news.example:6379/",
        "http://ada:secret@news.example/",
        "file:///etc/passwd",
        "",
    ],
)
async def test_a_redirect_into_a_private_network_is_refused(site: Site, to: str) -> None:
    async def resolve(host: str, port: int) -> list[Place]:
        known = {"news.example": LOOPBACK, "intern.example": "10.0.0.1"}
        return [(known.get(host, host), site.port)]

    network = GuardedNetwork(lambda address: None, resolve, lambda it: it == LOOPBACK)
    site.on("/a?b=c", redirect(to))
    if to == "http://127.0.0.1/":  # which the test allows, and the real guard refuses
        network = GuardedNetwork(lambda address: None, resolve)
    assert await refused(Client(network))
    assert len(site.requests) <= REDIRECTS_MAX + 1


@pytest.mark.parametrize(
    "answer",
    [
        page("<title>a</title>", type="application/json"),
        page("<title>a</title>", type="text/plain"),
        page("<title>a</title>", type=""),
        page("<title>a</title>", type="image/svg+xml"),
        b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 301 Moved\r\nLocation: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<ti",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 2**20,
        page(gzip.compress(b"\0" * 10**7), "Content-Encoding: gzip"),
        page(gzip.compress(b"<title>a</title>"), "Content-Encoding: br, gzip"),
    ],
)
async def test_other_answers_give_nothing(site: Site, answer: bytes) -> None:
    site.on("/a?b=c", answer)
    assert await refused(site.client())


async def test_of_an_endless_page_the_beginning_is_taken(site: Site) -> None:
    site.on("/a?b=c", endless)
    fetched = await site.client().fetch(URL, PAGE)
    assert len(fetched.body) == PAGE_MAX_BYTES
    assert fetched.body.startswith(b"<title>Endless</title>")


async def test_too_large_a_picture_is_refused_announced_or_not(site: Site) -> None:
    small = Wanted("image/png", PICTURE.is_taken, 1_000, is_cut=False)
    site.on("/a?b=c", page(b"a" * 1_001, type="image/png"))
    assert await refused(site.client(), wanted=small) == "too large"
    site.on("/a?b=c", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + b"a" * 1_001)
    assert await refused(site.client(), wanted=small) == "too large"
    announced = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 99999999\r\n\r\n"
    site.on("/a?b=c", announced)
    assert await refused(site.client(), wanted=small) == "too large"
    site.on("/a?b=c", page(b"a" * 1_000, type="image/png"))
    assert len((await site.client().fetch(URL, small)).body) == 1_000


async def test_a_server_that_says_nothing_is_left(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "READ_SECONDS", 0.05)
    site.on("/a?b=c", silent)
    assert await refused(site.client()) == "ReadTimeout"


async def test_where_nobody_listens_there_is_no_card(site: Site) -> None:
    server = await asyncio.start_server(lambda reader, writer: None, LOOPBACK, 0)
    site.port = server.sockets[0].getsockname()[1]
    server.close()
    assert await refused(site.client()) == "ConnectError"


def contexts(*names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's with a certificate for these names, and one of a client that trusts it."""
    authority = trustme.CA()
    of_server, of_client = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), None
    authority.issue_cert(*names).configure_cert(of_server)
    of_client = ssl.create_default_context()
    authority.configure_trust(of_client)
    return of_server, of_client


async def test_tls_is_checked_against_the_name_and_not_the_address() -> None:
    of_server, of_client = contexts("news.example")
    names: list[Any] = []
    of_server.sni_callback = lambda socket, name, context: names.append(name)
    async with serving_site(of_server) as site:
        site.on("/", page("<title>News</title>"))
        assert (await site.client(of_client).fetch(target_of("https://news.example/"), PAGE)).body
        assert names == ["news.example"]
        assert await refused(site.client(of_client), "https://other.example/") == "ConnectError"
        assert await refused(site.client(), "https://news.example/") == "ConnectError"
        assert await refused(site.client(of_client), "https://8.8.8.8/") == "ConnectError"
        assert len(site.requests) == 1


async def test_a_server_that_does_not_answer_to_tls_is_left(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "CONNECT_SECONDS", 0.05)
    assert await refused(site.client(), "https://news.example/") == "ConnectTimeout"
