/**
 * Keeps the composer above an on-screen keyboard that lies over the page: Safari on iOS shrinks only what is
 * visible of it. Where a keyboard makes the page smaller by itself, this finds nothing to do.
 */
export function makeRoomForKeyboard() {
  const { visualViewport: visible } = window;
  const fit = () => {
    const isCovered = visible.scale === 1 && innerHeight - visible.height > 1; // zooming in is no keyboard
    document.documentElement.style.setProperty("--visible", isCovered ? `${visible.height}px` : "100dvb");
    isCovered && scrollTo(0, 0); // the browser has pushed the page up to show the field
  };
  visible?.addEventListener("resize", fit);
}
