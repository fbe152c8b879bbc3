import { setText } from "../ui/dom.js";
import { gettext, listed, ngettext } from "../lib/i18n.js";

const NAMED = 3;

/** Who is writing, above the field; its place is kept when nobody is. */
export class TypingView {
  #place = document.querySelector("[data-typing]");
  #typing;

  /** @param {import("./typing.js").Typing} typing */
  constructor(typing) {
    this.#typing = typing;
  }

  show() {
    const { people, count } = this.#typing.others;
    setText(this.#place, sentence(people.map(({ name }) => name), count));
  }
}

function sentence(names, count) {
  if (count <= 0 || !names.length) {
    return "";
  }
  if (count > NAMED) {
    return gettext("Several people are typing…");
  }
  const who = listed(names.slice(0, NAMED));
  return ngettext("%(names)s is typing…", "%(names)s are typing…", count, { names: who });
}
