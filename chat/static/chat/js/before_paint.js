// What the first paint has to know of what the browser keeps. No module: those come after it.
{
  const page = document.documentElement;

  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // a browser that keeps nothing
    }
  };

  // --- The theme: "light", "dark", or none, which is the system's -------------------------------

  const THEME = "lobby theme";

  const showTheme = (theme) => {
    const isChosen = theme === "light" || theme === "dark";
    page.toggleAttribute("data-theme", isChosen);
    if (isChosen) {
      page.dataset.theme = theme;
    }
    for (const meta of document.querySelectorAll("meta[data-theme-color]")) {
      const { themeColor } = meta.dataset;
      meta.media = isChosen ? (themeColor === theme ? "all" : "not all") : `(prefers-color-scheme: ${themeColor})`;
    }
  };

  showTheme(kept(THEME));
  addEventListener("storage", ({ key }) => (key === THEME || key === null) && showTheme(kept(THEME))); // another tab's choice
  addEventListener("lobby:theme", ({ detail }) => showTheme(detail)); // this one's: theme_view.js

  // --- The panes: on a wide page each is open, unless it was folded; panes_view.js goes on -------

  const isWide = matchMedia("(width >= 64rem)").matches;
  for (const name of ["rooms", "people"]) {
    page.classList.toggle(`shows-${name}`, isWide && kept(`lobby pane ${name}`) !== "folded");
  }
}
