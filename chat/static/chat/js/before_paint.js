// What the first paint has to know of what the browser keeps. No module: those come after it.

// --- The panes: on a wide page each is open, unless it was folded (panes_view.js goes on from there) ----
{
  const isFolded = (name) => {
    try {
      return localStorage.getItem(`lobby pane ${name}`) === "folded";
    } catch {
      return false; // a browser that keeps nothing
    }
  };

  const isWide = matchMedia("(width >= 64rem)").matches;
  for (const name of ["rooms", "people"]) {
    document.documentElement.classList.toggle(`shows-${name}`, isWide && !isFolded(name));
  }
}
