"""axe-core on a page: what it finds, said so that one can go and mend it."""

import json
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"type": "tag", "values": TAGS}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def violations(page: Page) -> list[str]:
    """In both themes. A theme changes colours and nothing else, so the second look is for these."""
    found = []
    for theme, rules in (("light", EVERYTHING), ("dark", COLOURS)):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        found += [f"{theme}: {it}" for it in _run(page, rules)]
    return found


def _run(page: Page, rules: dict[str, Any]) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = json.dumps({"runOnly": rules, "resultTypes": ["violations"]})
    results = page.evaluate(f"axe.run({options})")
    return [
        f"{violation['id']} ({violation['help']}): {node['html']}\n    {node['failureSummary']}"
        for violation in results["violations"]
        for node in violation["nodes"]
    ]
