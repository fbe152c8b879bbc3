import { firstOf } from "../lib/first_of.js";

/** The nodes of the messages in the page, in order, by seq. They are the first in their list. */
export class MessageNodes {
  #list;
  #nodes = new Map();

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  get size() {
    return this.#nodes.size;
  }

  /** The seq of the first. @returns {?number} */
  get first() {
    return this.size ? this.#seqAt(0) : null;
  }

  /** The seq of the last. @returns {?number} */
  get last() {
    return this.size ? this.#seqAt(this.size - 1) : null;
  }

  /** @returns {number[]} */
  get seqs() {
    return [...this.#nodes.keys()];
  }

  /** @param {number} seq */
  has(seq) {
    return this.#nodes.has(seq);
  }

  /** @param {number} seq  @returns {HTMLElement|undefined} */
  get(seq) {
    return this.#nodes.get(seq);
  }

  /** The seq of the last of the first `count` nodes of the list that is a message's. @returns {?number} */
  lastWithin(count) {
    const index = Math.min(count, this.size) - 1;
    return index < 0 ? null : this.#seqAt(index);
  }

  /** Puts a node where its message belongs. @param {number} seq  @param {HTMLElement} node */
  add(seq, node) {
    const next = this.#list.children[firstOf(this.size, (index) => this.#seqAt(index) > seq)] ?? null;
    if (node !== next) {
      this.#list.insertBefore(node, next); // one that stands there already is left alone
    }
    node.dataset.seq = seq;
    this.#nodes.set(seq, node);
  }

  /** Takes out the `count` nodes that are furthest from one of them. */
  trim(count, from) {
    const isInUpperHalf = Number(from?.dataset.seq) < this.#seqAt(this.size >> 1);
    const start = isInUpperHalf ? this.size - count : 0;
    for (const node of [...this.#list.children].slice(start, start + count)) {
      node.remove();
      this.#nodes.delete(Number(node.dataset.seq));
    }
  }

  clear() {
    this.#nodes.forEach((node) => node.remove());
    this.#nodes.clear();
  }

  #seqAt(index) {
    return Number(this.#list.children[index].dataset.seq);
  }
}
