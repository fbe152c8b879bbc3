"""The doctor at the public URL: an nginx that is right, and ones that each lack something."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as lobby
from pytest_django.fixtures import Settings

from chat.tests.support import proxies
from chat.tests.support.proxies import Certificate, Ports
from chat.tests.support.servers import Server, free_port, serving
from ops.doctor import sockets
from ops.doctor.findings import Finding
from ops.doctor.proxy import WRITE_REACHABLE, Site, proxy

pytestmark = pytest.mark.server

PORTS = proxies.two_ports()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {
        "ALLOWED_HOSTS": proxies.HOST,
        "CSRF_TRUSTED_ORIGINS": PORTS.origin,
        "TRUSTED_PROXIES": "127.0.0.1",
        "SECRET_KEY": lobby.SECRET_KEY,
    }
    with serving("uvicorn", tmp_path_factory.mktemp("lobby"), **settings) as server:
        yield server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate.new(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(autouse=True)
def same_settings(settings: Settings) -> None:
    """The doctor has the settings of the server."""
    settings.CSRF_TRUSTED_ORIGINS = [PORTS.origin]
    settings.TRUSTED_PROXIES = ["127.0.0.1/32"]


Look = Callable[..., dict[str, Finding]]


@pytest.fixture
def look(
    server: Server, certificate: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Look:
    """What the doctor finds at an nginx whose configuration has been changed by a pattern."""

    def find(pattern: str = "", by: str = "", name: str = "nginx") -> list[Finding]:
        authority = tmp_path / "authority.pem"
        certificate.authority.cert_pem.write_to_path(str(authority))
        make = proxies.PROXIES[name]

        def faulty(ports: Ports, *others: object) -> list[str]:
            command = make(ports, *others)  # type: ignore[arg-type]
            written = tmp_path / ("nginx.conf" if name == "nginx" else "Caddyfile")
            text, count = re.subn(pattern, by, written.read_text()) if pattern else ("", 1)
            assert count, f"no {pattern}"
            if pattern:
                written.write_text(text)
            return command

        monkeypatch.setitem(proxies.PROXIES, name, faulty)
        site = Site.parse(PORTS.origin, str(authority))
        with proxies.in_front(name, PORTS, [server], certificate, tmp_path):
            return [*proxy(site), *sockets.sockets(site)]

    return find  # type: ignore[return-value]


def wrong(findings: list[Finding]) -> list[str]:
    return [f"{it.text} → {it.advice}" for it in findings if it.is_wrong]


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_what_deploy_has_is_in_order(look: Callable[..., list[Finding]], name: str) -> None:
    found = look(name=name)
    assert wrong(found) == []
    said = "\n".join(map(str, found))
    for text in (
        "certificate",
        "pages come compressed",
        "people come by https",
        "host name of the URL",
        "from where people come",
        "takes files of 25 MiB",
        "passes files on as they come",
        "opens for pages of Lobby",
        "does not open for pages of others",
    ):
        assert text in said


@pytest.mark.parametrize(
    ("pattern", "by", "text", "advice"),
    [
        (r"proxy_set_header Upgrade .*", "", "does not open", "Upgrade $http_upgrade"),
        (r"client_max_body_size .*", "client_max_body_size 1m;", "refuses files", "_size 0"),
        (r"proxy_request_buffering .*", "", "keeps files until", "proxy_request_buffering off"),
        (r"proxy_set_header X-Forwarded-Proto .*", "", "sees http where", "X-Forwarded-Proto"),
        (r"proxy_set_header X-Forwarded-For .*", "", "does not say from where", "X-Forwarded-For"),
        (
            r"proxy_set_header Host .*",
            "proxy_set_header Host 127.0.0.1;",
            "sees the host name 127.0.0.1",
            "Host $host",
        ),
        (
            r"proxy_set_header Host .*",
            "proxy_set_header Host other.example;",
            "does not know the host name",
            "ALLOWED_HOSTS",
        ),
        (
            r"proxy_set_header Upgrade",
            f'proxy_set_header Origin "{PORTS.origin}"; proxy_set_header Upgrade',
            "opens for pages of anybody",
            "header Origin",
        ),
        (
            r"proxy_set_header Upgrade",
            'proxy_set_header Accept-Encoding ""; proxy_set_header Upgrade',
            "pages come uncompressed",
            "Accept-Encoding",
        ),
        (r"server 127\.0\.0\.1:\d+;", "server 127.0.0.1:9;", "not reach Lobby", "proxy_pass"),
    ],
    ids=[
        "no upgrade",
        "small bodies",
        "buffers requests",
        "no scheme",
        "no addresses",
        "no host",
        "host of others",
        "origin of its own",
        "no compression",
        "wrong upstream",
    ],
)
def test_a_fault_of_nginx_is_named_with_what_to_write(
    look: Callable[..., list[Finding]], pattern: str, by: str, text: str, advice: str
) -> None:
    found = wrong(look(pattern, by))
    assert any(text in it.split(" → ")[0] and advice in it for it in found), found


def test_a_certificate_that_nobody_trusts(
    server: Server, certificate: Certificate, tmp_path: Path
) -> None:
    with proxies.in_front("nginx", PORTS, [server], certificate, tmp_path):
        found = list(proxy(Site.parse(PORTS.origin)))
    assert len(found) == 1
    assert "browsers refuse its certificate" in found[0].text


def test_nothing_answers() -> None:
    site = Site.parse(f"http://127.0.0.1:{free_port()}")
    found = [*proxy(site), *sockets.sockets(site)]
    assert "does not answer" in found[0].text
    assert [it.advice for it in found] == [WRITE_REACHABLE] * 2


def test_plain_http_and_an_address_that_may_not_post(server: Server) -> None:
    found = wrong(list(proxy(Site.parse(f"http://{proxies.HOST}:{server.port}"))))
    assert "plain http" in found[0]
    assert any("CSRF_TRUSTED_ORIGINS=http://localhost" in it for it in found)


def test_another_key_than_the_servers(server: Server, settings: Settings) -> None:
    settings.SECRET_KEY = "another"
    found = wrong(list(proxy(Site.parse(f"http://{proxies.HOST}:{server.port}"))))
    assert any("SECRET_KEY" in it for it in found)


def test_a_path_that_lobby_does_not_know(server: Server) -> None:
    found = wrong(list(proxy(Site.parse(f"http://{proxies.HOST}:{server.port}/lobby"))))
    assert any("ROOT_PATH=/lobby" in it for it in found)


def test_who_has_no_key_is_told_nothing(server: Server) -> None:
    with Site.parse(server.url).asking("/livez", X_Lobby_Doctor="forged") as answer:
        assert answer.read() == b'{"status": "alive"}'


def test_a_silent_socket(
    server: Server, certificate: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that pings each 20 s, and a proxy that closes after one: told what to write."""
    make = proxies.PROXIES["nginx"]

    def impatient(ports: Ports, *others: object) -> list[str]:
        command = make(ports, *others)  # type: ignore[arg-type]
        written = tmp_path / "nginx.conf"
        text = re.sub(r"proxy_(read|send)_timeout .*", "", written.read_text())
        written.write_text(
            text.replace("proxy_set_header Host", "proxy_read_timeout 1s; proxy_set_header Host", 1)
        )
        return command

    authority = tmp_path / "authority.pem"
    certificate.authority.cert_pem.write_to_path(str(authority))
    site = Site.parse(PORTS.origin, str(authority))
    with proxies.in_front("nginx", PORTS, [server], certificate, tmp_path):
        assert not wrong(list(sockets.idle_socket(site, "doctor", seconds=1)))
    monkeypatch.setitem(proxies.PROXIES, "nginx", impatient)
    with proxies.in_front("nginx", PORTS, [server], certificate, tmp_path):
        [found] = wrong(list(sockets.idle_socket(site, "doctor", seconds=60)))
    assert "proxy_read_timeout" in found
