// Applies the stored theme and collapsed panes before the first paint. A classic script: modules run later.
{
  const root = document.documentElement;

  const readStorage = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // some private windows have no storage
    }
  };

  // --- The theme: "light", "dark", or none to follow the system ---------------------------------

  const THEME = "lobby theme";

  const showTheme = (theme) => {
    const isChosen = theme === "light" || theme === "dark";
    root.toggleAttribute("data-theme", isChosen);
    if (isChosen) {
      root.dataset.theme = theme;
    }
    for (const meta of document.querySelectorAll("meta[data-theme-color]")) {
      const { themeColor } = meta.dataset;
      meta.media = isChosen ? (themeColor === theme ? "all" : "not all") : `(prefers-color-scheme: ${themeColor})`;
    }
  };

  showTheme(readStorage(THEME));
  // Chosen in another tab:
  addEventListener("storage", ({ key }) => (key === THEME || key === null) && showTheme(readStorage(THEME)));
  // Chosen in this tab (theme_choice.js):
  addEventListener("lobby:theme", ({ detail }) => showTheme(detail));

  // --- The panes: open on a wide page unless collapsed; panes.js handles changes -------------------

  const isWide = matchMedia("(width >= 64rem)").matches;
  for (const name of ["rooms", "people"]) {
    root.classList.toggle(`shows-${name}`, isWide && readStorage(`lobby pane ${name}`) !== "folded");
  }
}
