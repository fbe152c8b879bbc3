import { storageKeys } from "../lib/addresses.js";
import { readStorage, storedKeys, writeStorage } from "../lib/storage.js";
import { newUuid } from "../lib/uuid.js";

export const DRAFT = "lobby draft "; // and the room: one of `storageKeys`
const COPY = "lobby tab draft "; // and the tab, and the room
const MAX_COPIES = 40;
const MAX_CHARACTERS = 40_000; // of a copy: storage is small
const TAB = "lobby tab";
const LEFT = "lobby tab left"; // between the pages of a tab
const LOCK = "lobby tab "; // and the tab, which holds the lock while it is open

/**
 * A room's unsent text in this tab. It survives a reload, and no other tab changes it.
 *
 * The text is in the tab's sessionStorage. A copy in localStorage outlives the tab: the next tab that opens the room
 * takes the copy of a closed tab. A Web Lock tells whether a tab is open. Without Web Locks (plain http) a copy is
 * taken from any other tab, which keeps its own text. A duplicated tab starts with the text of the original.
 */
export class Draft {
  #room;

  /** @param {{id: ?string, name: string, kind: string}} room */
  constructor(room) {
    this.#room = room;
    holdTab();
  }

  /** @returns {string} */
  get text() {
    const texts = storageKeys(this.#room).map((key) => readStorage(DRAFT + key, "sessionStorage"));
    return texts.find(Boolean) ?? "";
  }

  set text(text) {
    storageKeys(this.#room).forEach((key, index) => {
      const kept = index ? "" : text;
      writeStorage(DRAFT + key, kept, "sessionStorage");
      writeCopy(tabId(), key, kept);
    });
  }

  /** The draft of a tab that was closed, if this tab has none. @returns {Promise<string>} */
  async recover() {
    if (this.text) {
      return "";
    }
    return exclusively("lobby drafts", async () => {
      const openTabs = await lockedTabs();
      const keys = storageKeys(this.#room);
      const [found] = copies().filter(({ room, tab }) => keys.includes(room) && !openTabs.has(tab));
      if (!found || this.text) {
        return "";
      }
      writeStorage(found.key, "");
      this.text = found.text;
      return found.text;
    });
  }
}

/** Tells other tabs that this one is open. */
export async function holdTab() {
  if (await isDuplicate()) {
    writeStorage(TAB, "", "sessionStorage");
  }
  addEventListener("pagehide", () => writeStorage(LEFT, "1", "sessionStorage"));
  addEventListener("pageshow", () => writeStorage(LEFT, "", "sessionStorage"));
  navigator.locks?.request(LOCK + tabId(), () => new Promise(() => {})).catch(() => {});
}

/**
 * Whether this tab is a duplicate, to which the browser copied the storage of a page that is open. A browser that was
 * killed restores a tab without its page having been left, too.
 */
async function isDuplicate() {
  const wasLeft = readStorage(LEFT, "sessionStorage");
  writeStorage(LEFT, "", "sessionStorage");
  return !wasLeft && (!navigator.locks || (await lockedTabs().catch(() => new Set())).has(tabId()));
}

/** A reload keeps the id. */
function tabId() {
  const known = readStorage(TAB, "sessionStorage");
  const id = known ?? newUuid();
  known ?? writeStorage(TAB, id, "sessionStorage");
  return id;
}

function writeCopy(tab, room, text) {
  const key = `${COPY}${tab} ${room}`;
  const isKept = text && text.length <= MAX_CHARACTERS;
  if (isKept && readStorage(key) === null) {
    copies().slice(MAX_COPIES - 1).forEach((it) => writeStorage(it.key, "")); // the oldest
  }
  writeStorage(key, isKept ? JSON.stringify({ tab, room, text, at: Date.now() }) : "");
}

/** All copies, the latest first. Earlier versions stored one draft a room. */
export function copies() {
  const stored = storedKeys(COPY).map((key) => ({ key, ...JSON.parse(readStorage(key)) }));
  const old = storedKeys(DRAFT).map((key) => ({ key, room: key.slice(DRAFT.length), text: readStorage(key), at: 0 }));
  return [...stored, ...old].sort((one, other) => other.at - one.at);
}

async function lockedTabs() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.map(({ name }) => name.slice(LOCK.length)));
}

const exclusively = (name, action) => (navigator.locks ? navigator.locks.request(name, action) : action());
