"""What a page costs: the server, the wire, and the browser until the messages stand there."""

import asyncio
import time
from collections.abc import AsyncIterator
from statistics import median
from typing import Any
from urllib.request import urlopen

from playwright.async_api import BrowserContext, Response, async_playwright

from bench.crowd import crowd
from bench.scenarios import Pace, write_history
from bench.subjects import Running
from chat.tests.browser.chromium import MISSING, OPTIONS, is_there

ROOM = "page"
MESSAGES = 50
TIMES = 100
VISITS = 5


async def pages(running: Running, pace: Pace) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """The index, and a room with a full first page."""
    async with crowd(running) as people:
        await people.join(ROOM, 1)
    await asyncio.to_thread(write_history, running, ROOM, MESSAGES)
    address = running.url(0).replace("ws:", "http:")
    if not is_there:
        raise RuntimeError(MISSING)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**OPTIONS)
        for case, path, shown in (
            ("the index", "/", "#room-name-input"),
            ("a room of 50 messages", f"/chat/{ROOM}/", ".message:nth-of-type(50)"),
        ):
            figures = await _serve(running, address + path)
            visits = [
                await _visit(await browser.new_context(), address + path, shown)
                for _ in range(VISITS)
            ]
            figures |= {name: median(it[name] for it in visits) for name in visits[0]}
            yield case, figures
        await browser.close()


async def _serve(running: Running, address: str) -> dict[str, float]:
    """Waits and CPU for the HTML alone."""
    await asyncio.to_thread(_fetch, address)
    before, waits = running.usage().cpu_seconds, []
    for _ in range(TIMES):
        begun = time.perf_counter()
        await asyncio.to_thread(_fetch, address)
        waits.append(time.perf_counter() - begun)
    return {
        "server_ms": median(waits) * 1e3,
        "cpu_ms": (running.usage().cpu_seconds - before) / TIMES * 1e3,
    }


def _fetch(address: str) -> None:
    with urlopen(address) as answer:
        answer.read()


async def _visit(context: BrowserContext, address: str, shown: str) -> dict[str, float]:
    """A first visit, nothing cached."""
    page = await context.new_page()
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    await page.goto(address, wait_until="networkidle")
    await page.wait_for_selector(shown)
    sizes = {it.url: await it.request.sizes() for it in responses}
    wire = {url: it["responseBodySize"] + it["responseHeadersSize"] for url, it in sizes.items()}
    paint = await page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    )
    await context.close()
    return {
        "requests": len(wire),
        "wire_kib": sum(wire.values()) / 1024,
        "javascript_kib": sum(it for url, it in wire.items() if url.endswith(".js")) / 1024,
        "first_paint_ms": paint,
    }
