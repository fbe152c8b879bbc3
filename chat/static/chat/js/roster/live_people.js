import { RoomSocket, roomSocketUrl } from "../net/socket.js";

const CHANGES = ["room", "people"]; // events after which the list may be another one

/** Keeps a list of people as the server has it. */
export class LivePeople {
  #section;
  #prepare;
  #isSubmitting = false;

  /**
   * @param {HTMLElement} section  of the page
   * @param {(section: HTMLElement) => void} prepare  does what scripts do with a section from the server
   */
  constructor(section, prepare) {
    this.#section = section;
    this.#prepare = prepare;
    new RoomSocket(roomSocketUrl(section.dataset.peopleSection), { version: 0 }).start({
      isMine: () => true,
      onHello() {},
      onReset() {},
      onMessages() {},
      onReacted() {},
      onError() {},
      onSoftEvent: ({ type }) => CHANGES.includes(type) && this.#refresh(),
      onState: ({ name }) => name === "closed" && !this.#isSubmitting && location.replace(address()), // no longer in the room
    });
    document.addEventListener("submit", () => (this.#isSubmitting = true)); // the answer is the next page
  }

  async #refresh() {
    const section = (await fetchPage())?.querySelector("[data-people-section]");
    if (section) {
      const { activeElement } = document;
      this.#prepare(section);
      this.#keepUnchanged(section);
      this.#section.replaceChildren(...section.childNodes);
      this.#section.contains(activeElement) && activeElement.focus({ preventScroll: true });
    }
  }

  /** A menu that is open stays so, and what is typed. */
  #keepUnchanged(section) {
    const before = new Map(partsOf(this.#section).map((part) => [part.dataset.person, part]));
    for (const part of partsOf(section)) {
      const same = before.get(part.dataset.person);
      same?.textContent === part.textContent && part.replaceWith(same);
    }
  }

}

/** The people, and the form that finds them. */
const partsOf = (section) => [...section.querySelectorAll("[data-person], [role=search]")];

/** Of the settings: a form with a fault answers at another one. */
const address = () => new URL(`./${location.search}`, location).href;

async function fetchPage() {
  try {
    const response = await fetch(address());
    return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  } catch {
    return null; // no connection: the next event asks again
  }
}
