import { setText } from "./dom.js";

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
    return "Several people are typing…";
  }
  const who = new Intl.ListFormat(undefined).format(names.slice(0, NAMED));
  return `${who} ${count === 1 ? "is" : "are"} typing…`;
}
