"""Whose X-Forwarded-For and X-Forwarded-Proto are believed, by the address that connects."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from mysite.servers.proxies import TrustedProxies

ALICE = "203.0.113.7"
CLAIMS = [(b"x-forwarded-for", ALICE.encode()), (b"x-forwarded-proto", b"https")]


async def seen(
    settings: Settings,
    client: tuple[str, int] | None,
    *proxies: str,
    headers: list[tuple[bytes, bytes]] = CLAIMS,
    protocol: str = "http",
) -> tuple[Any, str]:
    """Client and scheme as Lobby sees them."""
    settings.TRUSTED_PROXIES = list(proxies)
    scopes: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)

    scheme = {"http": "http", "websocket": "ws"}[protocol]
    scope: Any = {"type": protocol, "client": client, "scheme": scheme, "headers": headers}
    await TrustedProxies(application, trusted_hosts=list(proxies))(scope, None, None)
    return scopes[0]["client"], scopes[0]["scheme"]


@pytest.mark.parametrize(
    ("peer", "proxy"),
    [
        ("127.0.0.1", "127.0.0.1/32"),
        ("10.1.2.3", "10.0.0.0/8"),
        ("2001:db8::1", "2001:db8::/32"),
        ("2001:0db8:0:0::1", "2001:db8::1/128"),
        ("::ffff:10.1.2.3", "10.0.0.0/8"),  # on a socket for IPv4 and IPv6
    ],
)
async def test_a_trusted_proxy_is_believed(settings: Settings, peer: str, proxy: str) -> None:
    assert await seen(settings, (peer, 5), proxy) == ((ALICE, 0), "https")
    assert await seen(settings, (peer, 5), proxy, protocol="websocket") == ((ALICE, 0), "wss")


@pytest.mark.parametrize("proxies", [(), ("10.0.0.0/8",), ("::1/128", "128.0.0.1/32")])
async def test_nobody_else_is_believed(settings: Settings, proxies: tuple[str, ...]) -> None:
    for protocol, scheme in (("http", "http"), ("websocket", "ws")):
        told = await seen(settings, ("127.0.0.1", 5), *proxies, protocol=protocol)
        assert told == (("127.0.0.1", 5), scheme)


async def test_a_unix_socket_is_a_proxy_only_if_named(settings: Settings) -> None:
    assert await seen(settings, None, "unix") == ((ALICE, 0), "https")
    assert await seen(settings, None, "10.0.0.0/8") == (None, "http")
    assert await seen(settings, ("10.1.2.3", 5), "unix") == (("10.1.2.3", 5), "http")


async def test_an_ipv4_address_is_told_as_one(settings: Settings) -> None:
    assert (await seen(settings, ("::ffff:192.0.2.1", 5)))[0] == ("192.0.2.1", 5)


async def test_what_a_client_sent_to_the_proxy_comes_before_its_address(settings: Settings) -> None:
    forged = b"198.51.100.1, 10.9.9.9, " + ALICE.encode()
    headers = [(b"x-forwarded-for", forged)]
    assert (await seen(settings, ("10.1.2.3", 5), "10.0.0.0/8", headers=headers))[0] == (ALICE, 0)
    two = [(b"x-forwarded-for", b"198.51.100.1"), (b"x-forwarded-for", ALICE.encode())]
    assert (await seen(settings, ("10.1.2.3", 5), "10.0.0.0/8", headers=two))[0] == (ALICE, 0)


async def test_a_trusted_proxy_that_tells_nothing_is_the_client(settings: Settings) -> None:
    assert await seen(settings, ("10.1.2.3", 5), "10.0.0.0/8", headers=[]) == (
        ("10.1.2.3", 5),
        "http",
    )
