import { readStorage, writeStorage } from "../lib/storage.js";

const KEY = "lobby search"; // of this tab: what was searched on the page that led to a message

/** A search that a page remembers: in its entry of the history, for Back; or from the page that led here. */
export const searchMemory = {
  /** @returns {?import("./search_view.js").SearchState} */
  get here() {
    return history.state?.search ?? null;
  },
  set here(search) {
    history.replaceState({ ...history.state, search }, "");
  },

  /** @param {import("./search_view.js").SearchState} search  @param {string} path  of the room that is opened now */
  carryTo(path, search) {
    writeStorage(KEY, JSON.stringify({ path, search }), "sessionStorage");
  },

  /** The search that led to this page. @returns {?import("./search_view.js").SearchState} */
  get carried() {
    const { path, search } = JSON.parse(readStorage(KEY, "sessionStorage") ?? "{}");
    return path === location.pathname ? search : null;
  },

  forget() {
    this.here && (this.here = null);
    writeStorage(KEY, "", "sessionStorage");
  },
};
