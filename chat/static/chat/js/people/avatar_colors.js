const COLORS = 20; // of avatar.css

/**
 * The colours of people's avatars. A person keeps a colour while the page is open; no two people present have the same
 * one, unless there are more people than colours.
 */
export class AvatarColors {
  #colors = new Map(); // by member id
  #present = new Set(); // member ids

  /** The first choice follows from the id: usually the same on every screen. @param {string} id  a UUID */
  of(id) {
    if (!this.#colors.has(id)) {
      this.#colors.set(id, this.#choose(id));
    }
    return this.#colors.get(id);
  }

  /** @param {string[]} ids  @returns {Set<string>} whose colour has changed, as somebody present had it */
  setPresent(ids) {
    const came = ids.filter((id) => !this.#present.has(id));
    this.#present = new Set(ids.filter((id) => this.#present.has(id)));
    return new Set(came.filter((id) => this.#welcome(id)));
  }

  #welcome(id) {
    const before = this.#colors.get(id);
    if (this.#presentColors().has(before)) {
      this.#colors.delete(id);
    }
    const color = this.of(id);
    this.#present.add(id);
    return before !== undefined && color !== before;
  }

  /** A free colour; or that of somebody absent; or any. */
  #choose(id) {
    const first = parseInt(id.slice(0, 8), 16) % COLORS;
    const order = Array.from({ length: COLORS }, (_, step) => (first + step) % COLORS);
    const known = new Set(this.#colors.values());
    const present = this.#presentColors();
    return order.find((color) => !known.has(color)) ?? order.find((color) => !present.has(color)) ?? first;
  }

  #presentColors() {
    return new Set([...this.#present].map((id) => this.#colors.get(id)));
  }
}

export const avatarColors = new AvatarColors(); // of the room of this page
