"""Which addresses of pages are fetched at all, whatever they resolve to."""

import pytest
from pytest_django.fixtures import Settings

from chat.link_cards.no_card import NoCard
from chat.link_cards.targets import joined, target_of

REFUSED = [
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "//example.com/",
    "https:///path",
    "https://",
    "http://example.com:8080/",
    "http://example.com:22/",
    "http://example.com:0/",
    "http://example.com:99999/",
    "http://example.com:a/",
    "http://ada@example.com/",
    "http://ada:secret@example.com/",
    "http://@example.com/",
    "http://example.com\\@10.0.0.1/",
    "http://exa\tmple.com/",
    "http://example.com/\r\nX: y",
    "http://example.com/ a",
    "http://localhost/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://1.2.3.4.5/",
    "http://example.0x/",
    "http://①②⑦.⓪.⓪.①.9/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[::1/",
    "http://[v1.a]/",
    "http://example..com/",
    "http://.example.com/",
    "http://example.com../",
    "http://exam%70le.com/",
    "http://-/",
    f"http://{'a' * 64}.com/",
    f"http://{'a.' * 130}com/",
    f"https://example.com/{'a' * 2_000}",
    "http://xn--\udcff.example/",
    "http://chat.example.org/chat/lobby/",
    "http://rooms.chat.example.org/",
    "http://CHAT.example.ORG./",
]
TAKEN = {
    "https://example.com": "https://example.com/",
    "HTTP://EXAMPLE.com/A?b=c#d": "http://example.com/A?b=c",
    "https://example.com./a": "https://example.com/a",
    "https://example.com:443/": "https://example.com/",
    "http://example.com:443/": "http://example.com:443/",
    "https://münchen.de/straße?q=ä": "https://xn--mnchen-3ya.de/stra%C3%9Fe?q=%C3%A4",
    "https://ｅxample。com/": "https://example.com/",
    "http://8.8.8.8/": "http://8.8.8.8/",
    "http://[2606:4700:0::1111]/": "http://[2606:4700::1111]/",
    "https://under_score.example.com/a%20b": "https://under_score.example.com/a%20b",
    # These are addresses of something else, which the guard of the network refuses.
    "http://127.0.0.1/": "http://127.0.0.1/",
    "http://１２７.0.0.1/": "http://127.0.0.1/",
    "http://[::ffff:127.0.0.1]/": "http://[::ffff:7f00:1]/",
}


@pytest.fixture(autouse=True)
def own_hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = [".chat.example.org"]


@pytest.mark.parametrize("url", REFUSED)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(NoCard):
        target_of(url)


@pytest.mark.parametrize("url", TAKEN)
def test_a_usable_address_has_one_spelling(url: str) -> None:
    assert target_of(url).url == TAKEN[url]


def test_without_a_list_of_own_hosts_no_name_is_our_own(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert target_of("http://chat.example.org/").host == "chat.example.org"


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("/b.png", "https://example.com/b.png"),
        ("b c.png", "https://example.com/a/b%20c.png"),
        ("//cdn.example.net/b.png", "https://cdn.example.net/b.png"),
        ("http://other.example/", "http://other.example/"),
    ],
)
def test_pages_name_addresses_as_seen_from_there(url: str, whole: str) -> None:
    assert joined(target_of("https://example.com/a/page"), url).url == whole


@pytest.mark.parametrize(
    "url", ["data:image/png;base64,AAAA", "http://[", "//ada@example.com/", "http://localhost/", ""]
)
def test_what_a_page_names_is_checked_as_the_page_was(url: str) -> None:
    base = target_of("https://example.com/")
    if url:
        with pytest.raises(NoCard):
            joined(base, url)
    else:
        assert joined(base, url) == base
