import { IS_MAC, isComposing, keyLabel, latinLetter, MODIFIER } from "../keyboard/keyboard.js";
import { loadScript } from "../room_page/load_script.js";
import { searchMemory } from "./search_memory.js";

/**
 * Opens the search in the room, whose script is loaded at its first use. In its field, the keys are the browser's own.
 * @param {{id: ?string, name: string, kind: string}} room
 * @param {() => void} onFailure
 * @returns {() => void}  opens or closes it
 */
export function enableSearch(room, onFailure) {
  const panelNode = document.querySelector("[data-search-panel]");
  let loading = null;

  /** Shows the field before its script is there: what is typed now goes into it. */
  function reveal() {
    const opener = document.activeElement;
    if (panelNode.hidden) {
      document.querySelector("[data-search-sheet]").media = "screen";
      panelNode.hidden = false;
      panelNode.querySelector("#search-input").focus();
    }
    return opener;
  }

  async function use(action) {
    loading ??= loadScript(async () => new (await import("../search.js")).SearchPanel(room));
    const panel = await loading;
    if (panel) {
      action(panel);
    } else {
      loading = null;
      panelNode.hidden = true;
      onFailure();
    }
  }
  addEventListener("keydown", (event) => {
    if (!event.defaultPrevented && !isComposing(event) && isFind(event) && mayOpen()) {
      event.preventDefault();
      const opener = reveal();
      use((panel) => panel.open({ opener }));
    }
  });
  document.querySelector("[data-reading=openSearch]").title += ` (${keyLabel("Mod+F")})`;
  (searchMemory.here || searchMemory.carried) && use((panel) => panel.resume());
  return () => use((panel) => panel.toggle());
}

const isFind = (event) => event[MODIFIER] && !event.shiftKey && !event.altKey && latinLetter(event) === "f" && !(IS_MAC && event.ctrlKey);

const mayOpen = () => document.activeElement?.id !== "search-input" && !document.querySelector("dialog[open]");
