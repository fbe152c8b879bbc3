"""The check of the Origin header: whole origins, as Django's CSRF middleware compares them."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from chat.sockets import origins

HOST = "chat.example.com"


@pytest.fixture(autouse=True)
def installation(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = [HOST, ".localhost", "127.0.0.1", "[::1]"]
    settings.CSRF_TRUSTED_ORIGINS = []


def request(host: str | None, *named: str, scheme: str | None = None) -> dict[str, Any]:
    """The scope of a WebSocket. On daphne it has no scheme unless a trusted proxy tells it."""
    headers = [(b"origin", origin.encode("latin-1")) for origin in named]
    hosts = [(b"host", host.encode("latin-1"))] if host is not None else []
    scope = {"type": "websocket", "headers": [*hosts, *headers]}
    return scope if scheme is None else scope | {"scheme": scheme}


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        (HOST, f"http://{HOST}"),
        (HOST, f"http://{HOST}:80"),
        (f"{HOST}:80", f"http://{HOST}"),
        (f"{HOST}:8000", f"http://{HOST}:8000"),
        (HOST.upper(), f"http://{HOST}"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("tea.localhost:8000", "http://tea.localhost:8000"),
    ],
)
def test_our_own_page_may_connect(host: str, origin: str) -> None:
    assert origins.is_allowed(request(host, origin))
    assert origins.is_allowed(request(host, origin, scheme="ws"))


@pytest.mark.parametrize(
    "origin",
    [
        f"http://{HOST}:8001",
        f"http://{HOST}:0",
        f"https://{HOST}",
        f"https://{HOST}:80",
        f"http://{HOST}.",
        f"http://{HOST}.evil.example",
        f"http://evil.{HOST}",
        f"http://evil-{HOST}",
        "http://127.0.0.1",
        "http://tea.localhost",
        f"ftp://{HOST}",
        f"ws://{HOST}",
        f"//{HOST}",
        HOST,
    ],
)
def test_a_page_on_another_host_port_or_scheme_may_not(origin: str) -> None:
    assert not origins.is_allowed(request(HOST, origin))


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "file://",
        f"http://{HOST}/",
        f"http://{HOST}/path",
        f"http://{HOST}?query",
        f"http://{HOST}#",
        f"http://alice@{HOST}",
        f"http://{HOST}:80:80",
        f"http://{HOST}:port",
        f"http://{HOST}:99999",
        f"http://{HOST}, http://{HOST}",
        f" http://{HOST}",
        f"http://{HOST}\t",
        f"\x00http://{HOST}",
        "http://[",
        "http://[::1",
        "http://\xff",
    ],
)
def test_what_is_no_origin_may_not(origin: str) -> None:
    assert not origins.is_allowed(request(HOST, origin))


def test_a_request_with_several_origins_may_not() -> None:
    assert not origins.is_allowed(request(HOST, f"http://{HOST}", f"http://{HOST}"))


def test_a_program_names_no_origin_and_may() -> None:
    assert origins.is_allowed(request(HOST))
    assert origins.is_allowed(request("evil.example"))


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", None, f"{HOST}@evil", "["])
def test_a_host_that_is_not_ours_has_no_own_page(host: str | None) -> None:
    """A name that an attacker points at our address (DNS rebinding) is not in ALLOWED_HOSTS."""
    assert not origins.is_allowed(request(host, f"http://{host}"))
    assert not origins.is_allowed(request(host, f"http://{HOST}"))


def test_two_host_headers_have_no_own_page() -> None:
    scope = request(HOST, f"http://{HOST}")
    scope["headers"].append((b"host", b"evil.example"))
    assert not origins.is_allowed(scope)


def test_behind_a_trusted_proxy_that_ends_tls_our_page_is_https() -> None:
    """It tells wss by X-Forwarded-Proto."""
    assert origins.is_allowed(request(HOST, f"https://{HOST}", scheme="wss"))
    assert origins.is_allowed(request(HOST, f"https://{HOST}:443", scheme="wss"))
    assert not origins.is_allowed(request(HOST, f"http://{HOST}", scheme="wss"))
    assert not origins.is_allowed(request(HOST, f"https://{HOST}:8443", scheme="wss"))


@pytest.mark.parametrize(
    ("trusted", "origin", "may"),
    [
        ("https://tea.example", "https://tea.example", True),
        ("https://tea.example", "https://tea.example:443", True),
        ("https://tea.example:443", "https://tea.example", True),
        ("https://TEA.example", "https://tea.example", True),
        ("https://tea.example", "http://tea.example", False),
        ("https://tea.example", "https://tea.example:8443", False),
        ("https://tea.example", "https://green.tea.example", False),
        ("https://tea.example:8443", "https://tea.example:8443", True),
        ("https://*.tea.example", "https://green.tea.example", True),
        ("https://*.tea.example", "https://very.green.tea.example", True),
        ("https://*.tea.example", "https://tea.example", True),  # as Django has it
        ("https://*.tea.example", "https://greentea.example", False),
        ("https://*.tea.example", "http://green.tea.example", False),
        ("https://*.tea.example", "https://green.tea.example:8443", False),
        ("https://*.tea.example:8443", "https://green.tea.example:8443", True),
        ("https://*", "https://evil.example", False),
    ],
)
def test_a_page_of_a_trusted_origin_may(
    settings: Settings, trusted: str, origin: str, may: bool
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://coffee.example", trusted]
    assert origins.is_allowed(request(HOST, origin)) is may
    assert origins.is_allowed(request("rewritten.by.a.proxy", origin)) is may
