"""Measures pages: server time, bytes on the wire, and the browser's first paint."""

import asyncio
import time
from collections.abc import AsyncIterator
from statistics import median
from typing import Any
from urllib.request import urlopen

from playwright.async_api import BrowserContext, Response, async_playwright

from bench.load import load_generator
from bench.scenarios import Scale, insert_history
from bench.targets import Running
from chat.tests.browser.chromium import MISSING, WHOLE, is_installed

ROOM = "page"
MESSAGES = 50
REQUESTS = 100  # of the HTML alone
VISITS = 5  # of a browser


async def pages(running: Running, scale: Scale) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """The index, and a room with a full first page."""
    async with load_generator(running) as load:
        await load.join(ROOM, 1)
    await asyncio.to_thread(insert_history, running, ROOM, MESSAGES)
    address = running.url(0).replace("ws:", "http:")
    if not is_installed:
        raise RuntimeError(MISSING)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**WHOLE)
        for case, path, shown in (
            ("the index", "/", "#room-name-input"),
            ("a room of 50 messages", f"/chat/{ROOM}/", ".message:nth-of-type(50)"),
        ):
            figures = await _measure_html(running, address + path)
            visits = [
                await _measure_visit(await browser.new_context(), address + path, shown)
                for _ in range(VISITS)
            ]
            figures |= {name: median(it[name] for it in visits) for name in visits[0]}
            yield case, figures
        await browser.close()


async def _measure_html(running: Running, address: str) -> dict[str, float]:
    """Latency and CPU time of the HTML alone."""
    await asyncio.to_thread(_fetch, address)
    before, latencies = running.usage().cpu_seconds, []
    for _ in range(REQUESTS):
        start = time.perf_counter()
        await asyncio.to_thread(_fetch, address)
        latencies.append(time.perf_counter() - start)
    return {
        "server_ms": median(latencies) * 1e3,
        "cpu_ms": (running.usage().cpu_seconds - before) / REQUESTS * 1e3,
    }


def _fetch(address: str) -> None:
    with urlopen(address) as answer:
        answer.read()


async def _measure_visit(context: BrowserContext, address: str, shown: str) -> dict[str, float]:
    """A first visit, with an empty cache."""
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
