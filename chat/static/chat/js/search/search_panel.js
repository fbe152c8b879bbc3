import { TOUCH } from "../keyboard/virtual_keyboard.js";
import { roomAddress } from "../lib/addresses.js";
import { roomKey } from "../rooms/rooms.js";
import { BackBar } from "./back_bar.js";
import { resultPath } from "./result_node.js";
import { searchMemory } from "./search_memory.js";
import { SearchView } from "./search_view.js";

const WIDE = matchMedia("(width >= 64rem)"); // beside the messages; else over them
const COVERS = matchMedia("(width < 40rem)");

/** The search in a room's page. A result opens the room around it; the way back leads to the results. */
export class SearchPanel {
  #panel = document.querySelector("[data-search-panel]");
  #button = document.querySelector("[data-reading=openSearch]");
  #main = document.querySelector("main");
  #view;
  #room;
  #backBar = new BackBar();
  #opener = null;
  #isOpen = false;

  /** @param {{id: ?string, name: string, kind: string}} room  of this page */
  constructor(room) {
    this.#room = room;
    this.#view = new SearchView(this.#panel, roomAddress(room), {
      onResult: (result, event) => this.#onResult(result, event),
      onSearch: () => {},
      onDay: (seq) => this.#goTo(seq),
      onEscape: () => this.close(),
    });
    this.#panel.querySelector("[data-search-close]").addEventListener("click", () => this.close());
    this.#panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) {
        event.preventDefault();
        this.close();
      }
    });
    addEventListener("popstate", ({ state }) => state?.search && this.#reopen(state.search));
    COVERS.addEventListener("change", () => this.#cover());
  }

  toggle() {
    document.querySelector("dialog[open]")?.close(); // the sheet of the room
    this.#isOpen ? this.close() : this.open();
  }

  /** @param {{opener?: Element, isBack?: boolean}} [how]  `opener` gets the focus when it is closed */
  async open({ opener = document.activeElement, isBack = false } = {}) {
    if (!this.#isOpen) {
      this.#opener = opener;
      await showSheet();
      document.querySelector("[data-backdrop]").click(); // closes panes that cover the messages
      this.#show(true);
    }
    isBack && TOUCH.matches ? this.#panel.querySelector("[data-search-close]").focus() : this.#view.focus(); // no keyboard over the results
  }

  close() {
    const isFocusLost = document.activeElement.matches("body, .search-panel *, .search-back *");
    searchMemory.forget();
    this.#backBar.hide();
    this.#show(false);
    if (isFocusLost) {
      const places = [this.#opener, this.#button, document.querySelector("[data-open-room-sheet]")];
      places.find((it) => it?.checkVisibility()).focus();
    }
  }

  /** Shows what the page remembers, after it was loaded. */
  async resume() {
    const { here, carried } = searchMemory;
    if (here) {
      await this.#reopen(here);
    } else if (carried) {
      await showSheet();
      this.#offerBack(carried);
    }
  }

  async #reopen(search) {
    await this.open({ isBack: true });
    await this.#view.restore(search);
  }

  #onResult(result, event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      return; // another tab has it
    }
    const search = this.#view.state;
    searchMemory.here = search;
    if (roomKey(result.room.id) === roomKey(roomAddress(this.#room))) {
      event.preventDefault();
      this.#goTo(result.message.seq);
    } else {
      searchMemory.carryTo(new URL(resultPath(result), location).pathname, search);
    }
  }

  /** Goes to a message of this room. Beside it the results stay, if there is place. */
  #goTo(seq) {
    const search = this.#view.state;
    if (!WIDE.matches) {
      this.#show(false);
      this.#offerBack(search);
    }
    if (location.hash === `#${seq}`) {
      dispatchEvent(new HashChangeEvent("hashchange")); // none comes by itself
    } else {
      location.hash = seq;
    }
  }

  #offerBack(search) {
    this.#backBar.show({ onBack: () => this.#reopen(search), onDismiss: () => this.close() });
  }

  #show(isOpen) {
    this.#isOpen = isOpen;
    this.#panel.hidden = !isOpen;
    this.#button.ariaExpanded = String(isOpen);
    isOpen && this.#backBar.hide();
    this.#cover();
  }

  /** What the panel covers must not be reachable by keyboard either. */
  #cover() {
    this.#main.inert = this.#isOpen && COVERS.matches;
  }
}

/** The sheet is fetched after all else. */
async function showSheet() {
  const link = document.querySelector("[data-search-sheet]");
  link.media = "screen";
  link.sheet || (await new Promise((done) => ["load", "error"].forEach((event) => link.addEventListener(event, done, { once: true }))));
}
