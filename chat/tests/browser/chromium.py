"""The Chromium that tests drive."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

SHELL = "chromium-headless-shell"  # Debian's: 30 % less work in each test, and it knows no apps
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

# The suggestions below the address of each window are two pages, and took half the time of a test.
_SUGGESTIONS = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup"]
_OFF_IN_PLAYWRIGHT = """
    AimEnabled AvoidCorsURLLoaderRestartOnRedirect AvoidUnnecessaryBeforeUnloadCheckSync
    DestroyProfileOnBrowserClose HttpsFirstBalancedModeAutoEnable HttpsUpgrades LensOverlay
    MediaRouter NetworkTimeServiceQuerying OptimizationHints PaintHolding PreconnectToSearch
    TcpPortRandomizationWin ThirdPartyStoragePartitioning msEdgeUpdateLaunchServicesPreferredVersion
    msForceBrowserSignIn
""".split()  # once more: Chromium heeds the last list alone

_ROOT = ["--no-sandbox"] if os.geteuid() == 0 else []
WHOLE: dict[str, Any] = {
    "executable_path": _executable,
    "args": [
        *_ROOT,
        "--disable-background-networking",
        "--disable-component-update",
        f"--disable-features={','.join([*_OFF_IN_PLAYWRIGHT, *_SUGGESTIONS])}",
    ],
}
FASTEST: dict[str, Any] = {**WHOLE, "executable_path": shutil.which(SHELL) or _executable}


@contextmanager
def chromium() -> Iterator[Browser]:
    """The fastest for pages in windows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**FASTEST)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def whole_chromium(fastest: Browser) -> Iterator[Browser]:
    """One that installs apps and shows notices, beside the one that runs."""
    browser = fastest.browser_type.launch(**WHOLE)
    try:
        yield browser
    finally:
        browser.close()
