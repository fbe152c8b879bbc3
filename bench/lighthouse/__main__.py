"""Runs Lighthouse with its mobile profile: `python -m bench.lighthouse`, or `make lighthouse`.

Fails if a score is below PROMISED.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import Any
from urllib.parse import quote

from bench import machine
from bench.lighthouse.sample_room import ROOM, fill_room
from bench.tables import table
from chat.tests.browser.chromium import MISSING, WHOLE, is_installed
from chat.tests.support.servers import serving

HERE = Path(__file__).parent
REPORT = HERE.parents[1] / "docs" / "performance" / "lighthouse.md"
PROMISED = 95  # of 100, in every category
RUNS = 5  # the report has the median
TRIES = 3  # Lighthouse sometimes loses a trace and asks for another run

CATEGORIES = ("performance", "accessibility", "best-practices")
PAGES = {"the index": "/", "a room of 50 messages": f"/chat/{quote(ROOM)}/"}
FIGURES = {  # with their format
    **dict.fromkeys(CATEGORIES, "{:.0f}"),
    "first paint ms": "{:,.0f}",
    "largest paint ms": "{:,.0f}",
    "speed index ms": "{:,.0f}",
    "blocked ms": "{:,.0f}",
    "layout shift": "{:.3f}",
    "requests": "{:.0f}",
    "deep": "{:.0f}",
    "KiB": "{:.0f}",
}

Figures = dict[str, float]


def main() -> None:
    if not is_installed:
        sys.exit(MISSING)
    measured = {
        f"{page}, {server}": figures
        for server in ("daphne", "uvicorn")
        for page, figures in measure(server)
    }
    rows = [
        [name, *(form.format(figures[it]) for it, form in FIGURES.items())]
        for name, figures in measured.items()
    ]
    text = table(["", *FIGURES], rows)
    print(text)  # noqa: T201
    REPORT.write_text(f"{head()}\n\n{text}\n")
    if any(figures[it] < PROMISED for figures in measured.values() for it in CATEGORIES):
        sys.exit(f"A score is below {PROMISED}.")


def measure(kind: str) -> Iterator[tuple[str, Figures]]:
    with serving(kind, Path(mkdtemp())) as server:
        asyncio.run(fill_room(server))
        for page, path in PAGES.items():
            runs = [figures(audit(server.url + path)) for _ in range(RUNS)]
            yield page, {it: median(run[it] for run in runs) for it in FIGURES}


def audit(address: str) -> dict[str, Any]:
    """Lighthouse's report on a first visit, as JSON."""
    command = [
        str(HERE / "node_modules" / ".bin" / "lighthouse"),
        address,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags=--headless=new {' '.join(WHOLE['args'])}",
    ]
    environment = {**os.environ, "CHROME_PATH": WHOLE["executable_path"]}
    for _ in range(TRIES):
        answer = subprocess.run(command, env=environment, check=False, capture_output=True)
        if answer.returncode == 0:
            found: dict[str, Any] = json.loads(answer.stdout)
            return found
    sys.exit(answer.stderr.decode())


def figures(found: dict[str, Any]) -> Figures:
    audits = found["audits"]
    requests = audits["network-requests"]["details"]["items"]
    return {
        **{it: found["categories"][it]["score"] * 100 for it in CATEGORIES},
        "first paint ms": audits["first-contentful-paint"]["numericValue"],
        "largest paint ms": audits["largest-contentful-paint"]["numericValue"],
        "speed index ms": audits["speed-index"]["numericValue"],
        "blocked ms": audits["total-blocking-time"]["numericValue"],
        "layout shift": audits["cumulative-layout-shift"]["numericValue"],
        "requests": len(requests),
        "deep": depth(audits["critical-request-chains"]["details"]["chains"]),
        "KiB": sum(it["transferSize"] for it in requests) / 1024,
    }


def depth(chains: dict[str, Any]) -> int:
    """The number of requests that wait for one another: the longest chain."""
    return max((1 + depth(it.get("children", {})) for it in chains.values()), default=0)


def head() -> str:
    about, load = machine.describe(), os.getloadavg()[1]
    return (
        "# Lighthouse\n\n"
        f"Written by `make lighthouse`, {datetime.now(UTC):%Y-%m-%d}: the median of {RUNS} first"
        " visits with Lighthouse's mobile profile (a slow phone on 4G, simulated), on"
        f" {about['cores']} cores of {about['cpu']} that had {load:.0f} processes to run."
        f" At least {PROMISED} of 100 are promised in"
        " each category. *Deep* is how many answers are waited for one after the other."
        " [How to read this](../performance.md#the-page)."
    )


if __name__ == "__main__":
    main()
