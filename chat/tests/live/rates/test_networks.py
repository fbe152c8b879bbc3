"""Which network a client belongs to."""

from typing import Any

import pytest

from chat.live.rates import network_of


@pytest.mark.parametrize(
    ("client", "network"),
    [
        (("192.0.2.7", 50_000), "192.0.2.7"),
        (["192.0.2.7", 50_000], "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 50_000), "2001:db8:1:2::/64"),
        (("2001:db8:1:2::1", 50_000), "2001:db8:1:2::/64"),
        (("::ffff:192.0.2.7", 50_000), "192.0.2.7"),
        (("fe80::1%eth0", 50_000), "fe80::/64"),
        (("::1", 50_000), "::/64"),
    ],
)
def test_a_network_is_an_ipv4_address_or_an_ipv6_64(client: Any, network: str) -> None:
    assert network_of(client) == network


@pytest.mark.parametrize("client", [None, (), [], ("", 0), (None, None), ("unix:", 0), ("a", 1)])
def test_a_client_without_an_address_has_no_network(client: Any) -> None:
    assert network_of(client) is None
