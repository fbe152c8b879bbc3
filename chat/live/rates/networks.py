"""The network that a client belongs to."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from django.utils.crypto import salted_hmac

PSEUDONYM_CHARACTERS = 12
IPV6_PREFIX = 64  # bits: one customer of a provider has them all


def network_of(client: Any) -> str | None:
    """The network of a scope's `client` (ASGI): an IPv4 address, or an IPv6 /64.

    None where the address is unknown: on a unix socket.
    """
    address = address_of(client[0]) if client else None
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_PREFIX), strict=False))
    return str(address) if address else None


def address_of(host: Any) -> IPv4Address | IPv6Address | None:
    """The IP address, of IPv4 also where a socket for both writes ::ffff:192.0.2.1.

    None if it is no address.
    """
    try:
        address = ip_address(str(host).partition("%")[0])  # a zone follows the %: RFC 4007
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def pseudonym_of(network: str) -> str:
    """What the log calls a network: the same each time, and no way back.

    It is the beginning of the digest that a ban of a guest stores.
    """
    digest = salted_hmac("chat.network", network, algorithm="sha256").hexdigest()
    return f"~{digest[:PSEUDONYM_CHARACTERS]}"
