"""Dates and clock times: words by the page's language, forms by the browser's region."""

import pytest
from playwright.sync_api import Page

from chat.tests.browser.modules import URL_PATH, call_function

MOMENT = "2026-11-25T22:08:50"
MORNING = "2026-11-25T07:05:00"
TIME_MODULE = f"import('{URL_PATH}/lib/time.js')"


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
    ("modules_page", "clock", "full"),
    [
        ("en-GB", "22:08", "25 November 2026 at 22:08:50"),
        ("en-US", "10:08 PM", "November 25, 2026 at 10:08:50 PM"),
    ],
    indirect=["modules_page"],
)
def test_a_clock_time_is_that_of_the_region(modules_page: Page, clock: str, full: str) -> None:
    shown = modules_page.evaluate(
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


@pytest.mark.parametrize(
    ("modules_page", "now", "shown"),
    [
        ("en-GB", "2026-11-25T08:00", "07:05"),
        ("en-US", "2026-11-25T08:00", "7:05 AM"),
        ("en-GB", "2026-11-26T08:00", "25 Nov, 07:05"),
        ("en-US", "2027-01-01T00:01", "Nov 25, 2026, 7:05 AM"),
    ],
    indirect=["modules_page"],
)
def test_a_moment_of_another_day_has_its_date(modules_page: Page, now: str, shown: str) -> None:
    found: str = modules_page.evaluate(
        f"""async (moments) => {{
          const {{ timeOrDate }} = await {TIME_MODULE};
          return timeOrDate(...moments.map((moment) => new Date(moment)));
        }}""",
        [MORNING, now],
    )
    assert found.replace("\u202f", " ") == shown


@pytest.mark.parametrize(
    ("modules_page", "today", "yesterday", "earlier"),
    [
        ("en-GB", "Today", "Yesterday", "Monday 23 November"),
        ("en-US", "Today", "Yesterday", "Monday, November 23"),
    ],
    indirect=["modules_page"],
)
def test_a_day_is_named_by_the_words_of_the_page_and_the_form_of_the_region(
    modules_page: Page, today: str, yesterday: str, earlier: str
) -> None:
    found = modules_page.evaluate(
        f"""async (moments) => {{
          const {{ dayName }} = await {TIME_MODULE};
          const [now, ...others] = moments.map((moment) => new Date(moment));
          return [now, ...others].map((moment) => dayName(moment, now));
        }}""",
        ["2026-11-25T00:01", "2026-11-24T23:59", "2026-11-23T12:00"],
    )
    assert found == [today, yesterday, earlier]
