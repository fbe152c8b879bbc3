/** Sets the height of the page above what covers its end; null if nothing does. @param {?number} pixels */
export function setVisibleHeight(pixels) {
  document.documentElement.style.setProperty("--visible-height", pixels === null ? "100dvb" : `${pixels}px`);
}

/**
 * Keeps the composer above an on-screen keyboard. Safari on iOS lays the keyboard over the page and shrinks only
 * the visual viewport; other browsers resize the page.
 */
export function fitAboveVirtualKeyboard() {
  const { visualViewport: viewport } = window;
  const fit = () => {
    const isCovered = viewport.scale === 1 && innerHeight - viewport.height > 1; // zooming in is no keyboard
    setVisibleHeight(isCovered ? viewport.height : null);
    isCovered && scrollTo(0, 0); // the browser has scrolled the page to show the field
  };
  viewport?.addEventListener("resize", fit);
}
