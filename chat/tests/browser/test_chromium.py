"""The Chromium of the tests does little beside the pages."""

from contextlib import suppress

import psutil
from playwright.sync_api import Browser

from chat.tests.browser.room_page import NewPage

SWITCH = "--disable-features="


def features_off(process: psutil.Process) -> list[set[str]]:
    """The lists of what a browser has off; none where the process is no browser."""
    arguments: list[str] = []
    with suppress(psutil.Error):  # the process may have ended
        arguments = process.cmdline()
    if any(it.startswith("--type=") for it in arguments):
        return []
    found = [it.removeprefix(SWITCH) for it in arguments if it.startswith(SWITCH)]
    return [set(it.split(",")) for it in found]


def test_what_playwright_turns_off_stays_off(browser: Browser) -> None:
    assert browser.is_connected()
    found = [features_off(process) for process in psutil.Process().children(recursive=True)]
    lists = [it for it in found if it]  # a shell's starter has the same as the shell
    assert lists
    assert all(playwrights <= ours for playwrights, ours in lists)


def test_a_window_has_no_page_but_the_tests_own(browser: Browser, new_page: NewPage) -> None:
    new_page("Alice").goto("about:blank")
    session = browser.new_browser_cdp_session()
    targets = session.send("Target.getTargets", {"filter": [{"exclude": False}]})
    assert {it["type"] for it in targets["targetInfos"]} <= {"tab", "page"}
