/**
 * Keeps the composer above an on-screen keyboard. Safari on iOS lays the keyboard over the page and shrinks only
 * the visual viewport; other browsers resize the page.
 */
export function fitAboveVirtualKeyboard() {
  const { visualViewport: viewport } = window;
  const fit = () => {
    const isCovered = viewport.scale === 1 && innerHeight - viewport.height > 1; // zooming in is no keyboard
    document.documentElement.style.setProperty("--visible-height", isCovered ? `${viewport.height}px` : "100dvb");
    isCovered && scrollTo(0, 0); // the browser has scrolled the page to show the field
  };
  viewport?.addEventListener("resize", fit);
}
