"""Addresses of pages and pictures, as far as this server fetches them."""

import re
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from django.http.request import validate_host

from chat.link_cards.no_card import NoCard

URL_MAX_CHARACTERS = 2_000
HOST_MAX_CHARACTERS = 253
PORTS = {"http": 80, "https": 443}
NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # such an end makes any host an IPv4 address
UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
KEPT_IN_PATH = "/%:@!$&'()*+,;=~-._?"


class Target(NamedTuple):
    """Where a request goes. `host` is a name in ASCII, or an address without brackets."""

    scheme: str
    host: str
    port: int
    path: str  # with the query

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def authority(self) -> str:
        """As the header Host has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if PORTS[self.scheme] == self.port else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """The target of an absolute address. Raises NoCard."""
    if len(url) > URL_MAX_CHARACTERS or UNSAFE.search(url):
        raise NoCard("no usable address")
    try:
        parts = urlsplit(url)
        port = PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
    except ValueError:
        raise NoCard("no usable address") from None
    if parts.scheme not in PORTS or port not in PORTS.values():
        raise NoCard("not on the ports of http and https")
    if "@" in parts.netloc:
        raise NoCard("credentials in the address")
    if "[" in parts.netloc and ":" not in (parts.hostname or ""):
        raise NoCard("no usable host")
    path = quote(parts.path or "/", safe=KEPT_IN_PATH)
    query = f"?{quote(parts.query, safe=KEPT_IN_PATH)}" if parts.query else ""
    return Target(parts.scheme, _host(parts.hostname or ""), port, path + query)


def joined(base: Target, url: str) -> Target:
    """The target of an address that a page or a redirect names. Raises NoCard."""
    if len(url) > URL_MAX_CHARACTERS:
        raise NoCard("no usable address")
    try:
        whole = urljoin(base.url, url.strip().replace(" ", "%20"))
    except ValueError:
        raise NoCard("no usable address") from None
    return target_of(whole)


def _host(typed: str) -> str:
    """A host in its one spelling. Raises NoCard for other spellings, and for this server's own."""
    if len(typed) > HOST_MAX_CHARACTERS:
        raise NoCard("no usable host")
    host = _ipv6(typed) if ":" in typed else _name(typed)
    own = [it for it in settings.ALLOWED_HOSTS if it != "*"]
    if validate_host(f"[{host}]" if ":" in host else host, own):
        raise NoCard("this server itself")
    return host


def _ipv6(typed: str) -> str:
    try:
        if "%" not in typed:
            return str(ip_address(typed))
    except ValueError:
        pass
    raise NoCard("no usable host")


def _name(typed: str) -> str:
    """A name of at least two labels, or an IPv4 address in dotted decimals."""
    try:
        name = typed.encode("idna").decode().lower().removesuffix(".")
    except UnicodeError:
        raise NoCard("no usable host") from None
    if not NAME.fullmatch(name):
        raise NoCard("no usable host")
    if NUMBER.fullmatch(name.rpartition(".")[2]):
        try:
            return str(ip_address(name))
        except ValueError:
            raise NoCard("no usable host") from None
    return name
