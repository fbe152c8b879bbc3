import { gettext, ngettext } from "../lib/i18n.js";
import { setText } from "../ui/dom.js";

const MAX_NAMES = 3;

/** The line above the composer that names who is typing. */
export class TypingIndicator {
  #node = document.querySelector("[data-typing]");
  #typing;
  #labelOf;

  /**
   * @param {import("./typing.js").Typing} typing
   * @param {(person: {id: string, name: string}) => string} labelOf
   */
  constructor(typing, labelOf) {
    this.#typing = typing;
    this.#labelOf = labelOf;
    typing.listen(() => this.#update());
  }

  #update() {
    const { people, count } = this.#typing.others;
    setText(this.#node, sentence(people.map(this.#labelOf), count));
  }
}

function sentence(names, count) {
  if (count <= 0 || !names.length) {
    return "";
  }
  if (count > MAX_NAMES) {
    return gettext("Several people are typing…");
  }
  return ngettext("%(names)s is typing…", "%(names)s are typing…", count, { names: names.slice(0, MAX_NAMES) });
}
