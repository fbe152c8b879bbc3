"""Dates and clock times: words by the page's language, forms by the browser's region."""

import pytest
from playwright.sync_api import Browser, Page

from chat.tests.browser.modules import URL_PATH, call_function, serve_modules
from chat.tests.support.servers import Server

MOMENT = "2026-11-25T22:08:50"


@pytest.mark.parametrize(
    ("language", "browser_language", "locale"),
    [
        ("en", "en-GB", "en-GB"),
        ("en", "de-AT", "en-AT"),
        ("de", "en-US", "de-US"),
        ("en", "en", "en-US"),
        ("de", "de", "de-DE"),
        ("en", "", "en-US"),
    ],
)
def test_the_language_is_the_page_s_and_the_region_the_browser_s(
    modules_page: Page, language: str, browser_language: str, locale: str
) -> None:
    found = call_function(modules_page, "lib/time.js", "regionalLocale", language, browser_language)
    assert found == locale


@pytest.mark.parametrize(
    ("browser_locale", "clock", "full"),
    [
        ("en-GB", "22:08", "25 November 2026 at 22:08:50"),
        ("en-US", "10:08 PM", "November 25, 2026 at 10:08:50 PM"),
    ],
)
def test_a_clock_time_is_that_of_the_region(
    browser: Browser, server: Server, browser_locale: str, clock: str, full: str
) -> None:
    with browser.new_context(locale=browser_locale) as context:
        page = context.new_page()
        page.goto(f"{server.url}/chat/")
        serve_modules(page)
        shown = page.evaluate(
            f"""async (moment) => {{
              const time = await import("{URL_PATH}/lib/time.js");
              return [time.clockTime(new Date(moment)), time.fullDateTime(new Date(moment))];
            }}""",
            MOMENT,
        )
    found, date = (text.replace("\u202f", " ") for text in shown)
    assert found == clock
    assert date.startswith("Wednesday")
    assert date.endswith(full)
