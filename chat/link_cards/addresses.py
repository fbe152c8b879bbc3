"""Which addresses this server may connect to for a member: public ones that are not its own."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

UNICAST = IPv6Network("2000::/3")  # all that is routed in the internet
NAT64 = IPv6Network("64:ff9b::/96")  # the IPv4 address is in the last 32 bits
MAPPED = IPv6Network("::ffff:0:0/96")
REFUSED = tuple(
    ip_network(it)
    for it in (
        "2001::/32",  # Teredo: ends at a computer behind some router
        "2002::/16",  # 6to4: has any IPv4 address in it
        "2001:db8::/32",  # documentation
        "3fff::/20",
        "192.88.99.0/24",  # relays of 6to4
        "192.0.0.0/24",
        "168.63.129.16/32",  # Azure's own services, seen by its machines only
    )
)
IPV4_BITS = 32


def is_public(text: str) -> bool:
    """Whether an address is one of the internet's, and none of this machine's."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        return _is_public_ipv6(address) and not is_own(text)
    return _is_public_ipv4(address) and not is_own(text)


def _is_public_ipv6(address: IPv6Address) -> bool:
    if address.scope_id is not None:
        return False
    if address in NAT64 or address in MAPPED:
        return _is_public_ipv4(IPv4Address(int(address) % 2**IPV4_BITS))
    return address in UNICAST and _is_routed(address)


def _is_public_ipv4(address: IPv4Address) -> bool:
    return _is_routed(address) and not is_own(str(address))


def _is_routed(address: IPv4Address | IPv6Address) -> bool:
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not special and not any(address in it for it in REFUSED)


def is_own(address: str) -> bool:
    """Whether this machine has the address: then it reaches it from that very address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))  # sends nothing
            return ip_address(probe.getsockname()[0]) == ip_address(address)
    except OSError:  # there is no way to it
        return False
