/**
 * The pictures of all messages in the document, in their order. They are asked for anew at each step: messages come and go.
 */
export class Gallery {
  #picturesOf;
  #list = null; // in the message whose picture is shown
  #id = null; // of that picture

  /** @param {(list: HTMLElement) => import("../../net/protocol.js").SentFile[]} picturesOf */
  constructor(picturesOf) {
    this.#picturesOf = picturesOf;
  }

  /** Begins at a place in a message. @param {HTMLElement} place */
  start(place) {
    this.#list = place.closest(".message-files");
    this.#id = place.dataset.file;
  }

  /** The picture that is shown; undefined if it is gone. @returns {?import("../../net/protocol.js").SentFile} */
  get picture() {
    return this.#list.isConnected ? this.#picturesOf(this.#list).find(({ id }) => id === this.#id) : undefined;
  }

  /** The message of the picture. @returns {HTMLElement} */
  get message() {
    return this.#list.closest(".message");
  }

  /** Where the message shows the picture, or that there are more. @returns {?HTMLElement} */
  get place() {
    const places = [...this.#list.querySelectorAll(".picture")];
    return places.find(({ dataset }) => dataset.file === this.#id) ?? places.at(-1) ?? null;
  }

  /** The place of the picture among all, from 1. @returns {{number: number, count: number}} */
  get position() {
    const all = this.#all;
    return { number: all.findIndex((it) => this.#isShown(it)) + 1, count: all.length };
  }

  /** The picture so many further on; undefined at the end. @param {number} step */
  near(step) {
    return this.#at(step)?.picture;
  }

  /** Goes so many pictures further on. @param {number} step  @returns {boolean} whether there is one */
  go(step) {
    const next = this.#at(step);
    if (next) {
      this.#list = next.list;
      this.#id = next.picture.id;
    }
    return next !== undefined;
  }

  #at(step) {
    const all = this.#all;
    const index = all.findIndex((it) => this.#isShown(it));
    return index < 0 ? undefined : all[index + step];
  }

  #isShown({ list, picture }) {
    return list === this.#list && picture.id === this.#id;
  }

  get #all() {
    const lists = [...document.querySelectorAll("[data-messages] .message-files")];
    return lists.flatMap((list) => this.#picturesOf(list).map((picture) => ({ list, picture })));
  }
}
