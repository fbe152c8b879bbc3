"""Which addresses this server connects to for a member."""

import socket

import pytest

from chat.link_cards.addresses import is_own, is_public

PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
NOT_PUBLIC = {
    "loopback": ["127.0.0.1", "127.8.9.1", "::1"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd00::1"],
    "link-local, where clouds have their metadata": ["169.254.169.254", "fe80::1", "fec0::1"],
    "with a zone": ["fe80::1%eth0", "2606:4700::1111%1"],
    "shared by providers": ["100.64.0.1"],
    "unspecified": ["0.0.0.0", "0.1.2.3", "::"],
    "multicast": ["224.0.0.1", "239.1.1.1", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "100::1", "4000::1", "5f00::1"],
    "documentation and benchmarks": ["192.0.2.1", "198.18.0.1", "203.0.113.5", "2001:db8::1"],
    "protocols": ["192.0.0.8", "192.88.99.1", "168.63.129.16"],
    "IPv4 in IPv6": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "::ffff:0:127.0.0.1"],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808"],
    "6to4 and Teredo": ["2002:7f00:1::", "2002:808:808::1", "2001:0:808:808::1"],
    "no address": ["", "localhost", "2130706433", "0x7f.1", "127.1", "0177.0.0.1", "1.2.3.4.5"],
}


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_in_the_internet_may_be_fetched(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", [it for some in NOT_PUBLIC.values() for it in some])
def test_what_is_not_in_the_internet_is_refused(address: str) -> None:
    assert not is_public(address)


def test_this_machine_s_own_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A public one, too: a socket to it begins at that very address."""
    assert is_own("127.0.0.1")

    class Own(socket.socket):
        def connect(self, address: object) -> None:
            self.to = address

        def getsockname(self) -> object:
            return self.to

    monkeypatch.setattr(socket, "socket", Own)
    assert not is_public("8.8.8.8")
    assert not is_public("2606:4700::1111")
    assert not is_public("::ffff:8.8.8.8")
