"""The Chromium that tests drive."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")  # in distributions
MISSING = (
    "No Chromium for the browser tests: run `.venv/bin/playwright install chromium`,"
    " or install your system's chromium package."
)


def executable() -> str | None:
    """Playwright's own Chromium, or else the system's; None if there is neither."""
    with sync_playwright() as playwright:
        if Path(playwright.chromium.executable_path).exists():
            return playwright.chromium.executable_path
    return next(filter(None, map(shutil.which, NAMES)), None)


_executable = executable()
is_installed = _executable is not None

_ROOT = ["--no-sandbox"] if os.geteuid() == 0 else []
OPTIONS: dict[str, Any] = {
    "executable_path": _executable,
    "args": [*_ROOT, "--disable-background-networking", "--disable-component-update"],
}


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**OPTIONS)
        try:
            yield browser
        finally:
            browser.close()
