"""Cards as they are fetched: once in an hour, not often, with a picture made anew."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from chat.link_cards import fetching, pages
from chat.link_cards.fetching import (
    FETCHES_OF_MEMBER,
    KEPT_MAX,
    KEPT_SECONDS,
    REQUESTS_TO_ADDRESS,
    Card,
    Fetcher,
    TooOften,
)
from chat.tests.support.web_site import Site, endless, page, serving_site, silent

NEWS = "http://news.example/"


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    settings.ALLOWED_HOSTS = ["*"]
    async with serving_site() as site:
        site.on("/", page("<title>News</title>"))
        yield site


@pytest.fixture
def fetcher(site: Site, clock: Clock) -> Fetcher:
    return site.fetcher(clock=clock)


def png(width: int, height: int) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG", pnginfo=None)
    return file.getvalue()


def with_picture(address: str = "/a.png") -> bytes:
    return page(f'<title>News</title><meta property="og:image" content="{address}">')


async def card(fetcher: Fetcher, url: str = NEWS, member: str = "ada") -> Card | None:
    return await fetcher.card(url, member)


async def test_a_card_names_the_host_where_the_page_names_no_site(fetcher: Fetcher) -> None:
    assert await card(fetcher) == Card("News", "", "news.example", None)


async def test_its_picture_is_small_and_made_anew(site: Site, fetcher: Fetcher) -> None:
    site.on("/", with_picture())
    site.on("/a.png", page(png(1200, 600) + b"hidden", type="image/png"))
    found = await card(fetcher)
    assert found
    assert found.preview
    assert (found.preview.width, found.preview.height) == (320, 160)
    with Image.open(BytesIO(found.preview.bytes)) as preview:
        assert (preview.format, preview.size) == ("WEBP", (320, 160))
    assert b"hidden" not in found.preview.bytes


@pytest.mark.parametrize(
    "picture",
    [
        page(png(10, 10), type="image/png"),
        page(png(2_000, 20), type="image/png"),
        page("<svg/>", type="image/svg+xml"),
        page(b"GIF89a no picture", type="image/gif"),
        page(png(100, 100), type="text/html"),
        page(png(100, 100)[:60], type="image/png"),
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    ],
)
async def test_a_card_does_without_a_picture_that_is_none(
    site: Site, fetcher: Fetcher, picture: bytes
) -> None:
    site.on("/", with_picture())
    site.on("/a.png", picture)
    assert await card(fetcher) == Card("News", "", "news.example", None)


@pytest.mark.parametrize(
    "address", ["http://localhost/a.png", "http://news.example:8000/a.png", "data:image/png,a"]
)
async def test_the_address_of_a_picture_is_checked_as_the_link_was(
    site: Site, fetcher: Fetcher, address: str
) -> None:
    site.on("/", with_picture(address))
    assert await card(fetcher) == Card("News", "", "news.example", None)
    assert site.paths == ["/"]


async def test_page_and_picture_share_their_time(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "WHOLE_SECONDS", 3)
    site.on("/", with_picture())
    site.on("/a.png", silent)
    assert await card(fetcher) == Card("News", "", "news.example", None)
    monkeypatch.setattr(fetching, "WHOLE_SECONDS", 0.05)
    site.on("/slow", silent)
    assert await card(fetcher, f"{NEWS}slow") is None


async def test_a_page_that_breaks_what_reads_it_has_no_card(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(html: str) -> None:
        raise RecursionError

    monkeypatch.setattr(pages, "page_of", broken)
    assert await card(fetcher) is None
    [record] = caplog.records
    assert (record.levelname, record.exc_info) == ("WARNING", None)


async def test_an_endless_page_has_a_card_by_its_beginning(site: Site, fetcher: Fetcher) -> None:
    site.on("/", endless)
    assert await card(fetcher) == Card("Endless", "", "news.example", None)


async def test_a_link_is_fetched_once_in_an_hour_whoever_posts_it(
    site: Site, fetcher: Fetcher, clock: Clock
) -> None:
    site.on("/none", page("nothing"))
    for member in ("ada", "ben"):
        assert await card(fetcher, member=member)
        assert await card(fetcher, f"{NEWS}none", member) is None
    clock.now += KEPT_SECONDS - 1
    await asyncio.gather(*(card(fetcher) for _ in range(5)))
    assert site.paths == ["/", "/none"]
    clock.now += 2
    await asyncio.gather(*(card(fetcher) for _ in range(5)))
    assert site.paths == ["/", "/none", "/"]


async def test_a_few_links_are_remembered(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert KEPT_MAX >= 100
    monkeypatch.setattr(fetching, "KEPT_MAX", 2)
    for path in ("", "1", "2", ""):
        await card(fetcher, NEWS + path)
    assert site.paths == ["/", "/1", "/2", "/"]
    assert not fetcher._locks


async def test_a_member_has_only_so_many_pages_fetched(
    site: Site, fetcher: Fetcher, clock: Clock
) -> None:
    most, seconds = FETCHES_OF_MEMBER
    for number in range(most):
        await card(fetcher, f"{NEWS}{number}")
    with pytest.raises(TooOften):
        await card(fetcher, f"{NEWS}more")
    assert await card(fetcher, member="ben")
    clock.now += seconds + 1
    assert await card(fetcher, f"{NEWS}more") is None
    assert len(site.requests) == most + 2


async def test_an_address_gets_only_so_many_requests_whoever_and_by_which_name(
    site: Site, fetcher: Fetcher, clock: Clock
) -> None:
    most, seconds = REQUESTS_TO_ADDRESS
    for number in range(most):
        await card(fetcher, f"http://{number}.news.example/", f"member {number}")
    with pytest.raises(TooOften):
        await card(fetcher, member="ben")
    assert len(site.requests) == most
    clock.now += seconds + 1
    assert await card(fetcher, member="ben")


async def test_one_network_of_ipv6_counts_as_one_address(fetcher: Fetcher) -> None:
    most, _ = REQUESTS_TO_ADDRESS
    for number in range(most):
        fetcher._count_address(f"2606:4700::{number:x}")
    with pytest.raises(TooOften):
        fetcher._count_address("2606:4700::ffff")
    fetcher._count_address("2606:4700:0:1::1")


async def test_by_default_nothing_on_loopback_is_fetched(site: Site) -> None:
    assert await Fetcher().card("http://127.0.0.1/", "ada") is None
    assert not site.requests
