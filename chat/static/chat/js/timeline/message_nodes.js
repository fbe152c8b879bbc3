import { lowerBound } from "../lib/lower_bound.js";

/** The elements of the messages in the document, by seq. They precede all others in their list. */
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

  /** The seq of the last message among the first `count` elements of the list. @returns {?number} */
  lastWithin(count) {
    const index = Math.min(count, this.size) - 1;
    return index < 0 ? null : this.#seqAt(index);
  }

  /** Inserts a message's element in order. @param {number} seq  @param {HTMLElement} node */
  add(seq, node) {
    const next = this.#list.children[lowerBound(this.size, (index) => this.#seqAt(index) > seq)] ?? null;
    if (node !== next) {
      this.#list.insertBefore(node, next); // an element in its place is left alone
    }
    node.dataset.seq = seq;
    this.#nodes.set(seq, node);
  }

  /**
   * Removes elements at the end that is further from one of them.
   * @param {number} count
   * @param {?HTMLElement} anchor
   */
  trim(count, anchor) {
    const isInUpperHalf = Number(anchor?.dataset.seq) < this.#seqAt(this.size >> 1);
    const start = isInUpperHalf ? this.size - count : 0;
    for (const node of [...this.#list.children].slice(start, start + count)) {
      node.remove();
      this.#nodes.delete(Number(node.dataset.seq));
    }
  }

  /** Removes the elements before the first of these seqs and after the last. @param {number} first  @param {number} last */
  keep(first, last) {
    for (const [seq, node] of this.#nodes) {
      if (seq < first || seq > last) {
        node.remove();
        this.#nodes.delete(seq);
      }
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
