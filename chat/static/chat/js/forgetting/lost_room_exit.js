import { roomAddress } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";

const SIGN_IN_FIRST = 4401;
const GONE = [4403, 4404];

/** Takes the page of a room away when the server says that the room is not mine any more. */
export class LostRoomExit {
  #room;
  #outbox;
  #reading;
  #wasSignedOut = false; // since the connection was last open
  #isLeaving = false;

  /**
   * @param {{id: ?string, name: string, kind: string}} room
   * @param {import("../net/outbox.js").Outbox} outbox
   * @param {import("../room_page/on_demand_views.js").OnDemandViews} reading  forgets the room
   */
  constructor(room, outbox, reading) {
    this.#room = room;
    this.#outbox = outbox;
    this.#reading = reading;
  }

  /** @param {import("../net/socket.js").State} state  of the connection */
  onState({ name, code }) {
    name === "open" && history.state?.isLost && history.replaceState(null, ""); // I am in the room again
    this.#wasSignedOut = name !== "open" && (this.#wasSignedOut || code === SIGN_IN_FIRST);
    const isOver = name === "closed" && (GONE.includes(code) || code === SIGN_IN_FIRST);
    if (isOver && !this.#isLeaving && !history.state?.isLost) {
      this.#leave();
    }
  }

  /** The page that comes says what the server says. It is loaded once: the server's answers may differ for a moment. */
  async #leave() {
    if (this.#room.kind === "open" && !(await (await this.#reading.load())?.isBanned(this.#room))) {
      return; // who may not come into any room stays on the page, which says so
    }
    this.#isLeaving = true;
    const typed = [...this.#outbox.messages.map(({ text }) => text), document.querySelector("#chat-message-input").value];
    document.querySelectorAll("body > *").forEach((node) => node.remove());
    document.body.append(gettext("You no longer have access."));
    document.title = location.host;
    history.replaceState({ isLost: true }, "", location.pathname);
    const options = { typed, isSilent: this.#wasSignedOut };
    await (await this.#reading.load())?.forgetRoom(roomAddress(this.#room), options);
    location.reload();
  }
}
