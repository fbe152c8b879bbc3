"""The network that a client belongs to."""

from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

IPV6_PREFIX = 64  # bits: one customer of a provider has them all


def network_of(client: Any) -> str | None:
    """The network of a scope's `client` (ASGI): an IPv4 address, or an IPv6 /64.

    None where the address is unknown: on a unix socket.
    """
    try:
        address = ip_address(str(client[0]).partition("%")[0])  # a zone follows the %: RFC 4007
    except (TypeError, IndexError, ValueError):
        return None
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, IPV6_PREFIX), strict=False))
