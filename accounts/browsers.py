"""A browser in words, by its User-Agent header."""

import re

BROWSERS = [
    ("Edge", "Edg(e|A|iOS)?/"),
    ("Opera", "OPR/"),
    ("Samsung Internet", "SamsungBrowser/"),
    ("Firefox", "Firefox/|FxiOS/"),
    ("Chrome", "Chrome/|CriOS/|Chromium/"),
    ("Safari", "Safari/"),
]
SYSTEMS = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("macOS", "Macintosh"),
    ("ChromeOS", "CrOS"),
    ("Linux", "Linux"),
]


def described(user_agent: str) -> str:
    """Like `Firefox · Linux`; empty for what is no browser."""
    found = (
        next((name for name, pattern in names if re.search(pattern, user_agent)), None)
        for names in (BROWSERS, SYSTEMS)
    )
    return " · ".join(filter(None, found))
