"""Checks of a page's layout: target sizes, cut-off content, motion, layout shifts."""

from playwright.sync_api import FloatRect, Locator, Page

# A script for a new page: window.shifts is what moved, and by how much.
RECORD_LAYOUT_SHIFTS = """
  window.shifts = [];
  const nameOf = ({ node }) => node?.outerHTML?.slice(0, 90) ?? String(node);
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      shifts.push({ value, nodes: sources.map(nameOf) });
    }
  }).observe({ type: "layout-shift", buffered: true });
"""

CONTROLS = "a[href], button, input:not([type=hidden]), textarea, [role=button], [role=option]"

# A control is covered unless the element at its middle is the control.
_MEASURE = """
  const isOf = (element, x, y) => element.contains(document.elementFromPoint(x, y));
  const controls = [...document.querySelectorAll(selector)].filter(it => it.checkVisibility({
    visibilityProperty: true, opacityProperty: true,
  }) && !it.closest("[inert]"));
  const middle = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const name = (element) => element.outerHTML.slice(0, 160);
"""

_SMALL = (
    """([selector, size]) => {"""
    + _MEASURE
    + """
  // Links in a text are exempt (WCAG 2.2, 2.5.8, "Inline").
  const isInText = (it) =>
    getComputedStyle(it).display === "inline" && it.closest(".message-text, p");
  const isSmall = (it) => {
    const { width, height } = it.getBoundingClientRect();
    const [x, y] = middle(it);
    const reach = size / 2 - 1;
    return (width < size - 0.5 && !(isOf(it, x - reach, y) && isOf(it, x + reach, y)))
      || (height < size - 0.5 && !(isOf(it, x, y - reach) && isOf(it, x, y + reach)));
  };
  const measured = controls.filter(it => !isInText(it) && isOf(it, ...middle(it)));
  return { count: measured.length, small: measured.filter(isSmall).map(it => {
    const { width, height } = it.getBoundingClientRect();
    return `${width.toFixed()} × ${height.toFixed()}: ${name(it)}`;
  }) };
}"""
)

_MOVING = """() => [...document.querySelectorAll("*")].filter(it => {
  const { transitionDuration, animationDuration, scrollBehavior } = getComputedStyle(it);
  return /[1-9]/.test(transitionDuration + animationDuration) || scrollBehavior !== "auto";
}).map(it => `moves: ${it.outerHTML.slice(0, 160)}`)"""

# The text spacing that a page must support (WCAG 2.2, 1.4.12).
_SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* {
    line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important;
  }`);
  document.adoptedStyleSheets = [sheet];
}"""
_UNSPACED = "() => { document.adoptedStyleSheets = []; }"

_CUT = (
    """(selector) => {"""
    + _MEASURE
    + """
  const cut = [];
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) {
    cut.push(`the page is ${scrollWidth} wide in ${innerWidth}`);
  }
  const isScrolled = (it) => it.closest("#chat-log, .rooms-list, .people-list");
  for (const it of controls.filter(it => !isScrolled(it))) {
    it.scrollIntoView({ block: "nearest" });
    const { left, right, top, bottom } = it.getBoundingClientRect();
    if (left < -1 || right > innerWidth + 1 || top < -1 || bottom > innerHeight + 1) {
      cut.push(`outside the page: ${name(it)}`);
    }
    const { overflowX, textOverflow } = getComputedStyle(it);
    if (it.matches("a, button") && it.scrollWidth > it.clientWidth + 1
        && overflowX !== "visible" && textOverflow !== "ellipsis") {
      cut.push(`cut off: ${name(it)}`);
    }
  }
  // A line that ends in an ellipsis has room for its font's tallest letters.
  for (const it of document.querySelectorAll("body *")) {
    const { textOverflow, overflowY, display } = getComputedStyle(it);
    if (textOverflow === "ellipsis" && overflowY !== "visible" && display !== "inline"
        && it.textContent && it.checkVisibility({ visibilityProperty: true })) {
      const letters = document.createRange();
      letters.selectNodeContents(it);
      const [inner, outer] = [letters.getBoundingClientRect(), it.getBoundingClientRect()];
      if (inner.top < outer.top - 0.5 || inner.bottom > outer.bottom + 0.5) {
        cut.push(`cut in mid-letter: ${name(it)}`);
      }
    }
  }
  return cut;
}"""
)


# Every animation and transition that ends has ended, or was cancelled.
_AT_REST = """() => document.getAnimations().every(({ playState, effect }) =>
  playState !== "running" || effect.getComputedTiming().endTime === Infinity)"""


def box_of(node: Locator) -> FloatRect:
    """Where an element is once nothing on the page moves."""
    node.page.wait_for_function(_AT_REST)
    box = node.bounding_box()
    assert box, "the element is not shown"
    return box


def small_targets(page: Page, size: int) -> list[str]:
    """Controls smaller than `size` CSS pixels in either direction."""
    measured = page.evaluate(_SMALL, [CONTROLS, size])
    assert measured["count"], "no controls were found"
    small: list[str] = measured["small"]
    return small


def cut_off(page: Page) -> list[str]:
    """Controls that do not fit on the page and cannot be scrolled to."""
    cut: list[str] = page.evaluate(_CUT, CONTROLS)
    return cut


def cut_off_if_spaced(page: Page) -> list[str]:
    page.evaluate(_SPACED)
    cut = [f"with text spacing, {it}" for it in cut_off(page)]
    page.evaluate(_UNSPACED)
    return cut


def moving(page: Page) -> list[str]:
    """Elements with transitions, animations or smooth scrolling."""
    moving: list[str] = page.evaluate(_MOVING)
    return moving
