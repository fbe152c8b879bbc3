"""Runs axe-core on a page."""

import json
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL_RULES = {"type": "tag", "values": TAGS}
COLOR_RULES = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def violations(page: Page) -> list[str]:
    """Accessibility violations in both themes; a theme changes only colours."""
    found = []
    for theme, rules in (("light", ALL_RULES), ("dark", COLOR_RULES)):
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
