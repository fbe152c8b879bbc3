// What the first paint has to know of what the browser keeps. No module: those come after it.

// --- The theme: "light", "dark", or none, which is the system's ---------------------------------
{
  const KEY = "lobby theme";

  const kept = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // a browser that keeps nothing
    }
  };

  const show = (theme) => {
    const isChosen = theme === "light" || theme === "dark";
    document.documentElement.toggleAttribute("data-theme", isChosen);
    if (isChosen) {
      document.documentElement.dataset.theme = theme;
    }
    for (const meta of document.querySelectorAll("meta[data-theme-color]")) {
      const { themeColor } = meta.dataset;
      meta.media = isChosen ? (themeColor === theme ? "all" : "not all") : `(prefers-color-scheme: ${themeColor})`;
    }
  };

  show(kept());
  addEventListener("storage", ({ key }) => (key === KEY || key === null) && show(kept())); // another tab's choice
  addEventListener("lobby:theme", ({ detail }) => show(detail)); // this one's: theme_view.js
}
