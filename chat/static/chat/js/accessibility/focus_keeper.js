const FOCUSABLE = "a[href], button:not(:disabled), input, textarea, [tabindex]";
const GROUP = "ul, ol, header, nav, aside, form, dialog";
const CHANGES = { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden", "open", "inert"] };

/**
 * Restores the focus when the focused element is removed or hidden: to the element that took its place in the list,
 * or the nearest one.
 */
export class FocusKeeper {
  #fallback;
  #path = []; // the last focused element and its ancestors
  #index = 0; // of the last focused element in its group

  /** @param {HTMLElement} fallback  gets the focus if nothing near can */
  constructor(fallback) {
    this.#fallback = fallback;
    this.#remember(document.activeElement);
    document.addEventListener("focusin", ({ target }) => this.#remember(target));
    // A person moves the focus: nothing to restore. `focusin` reports the new element.
    document.addEventListener("pointerdown", () => (this.#path = []), { capture: true });
    document.addEventListener("keydown", ({ key }) => key === "Tab" && (this.#path = []), { capture: true });
    new MutationObserver(() => this.#check()).observe(document.body, CHANGES);
    document.addEventListener("toggle", () => this.#check(), { capture: true }); // a popover has closed
  }

  #remember(target) {
    this.#path = ancestors(target);
    const group = target.closest(GROUP);
    this.#index = group ? focusables(group).indexOf(target) : 0;
  }

  #check() {
    const { activeElement } = document;
    const isLost = activeElement === document.body || !isReachable(activeElement);
    if (isLost && this.#path.length) {
      const next = this.#path.filter(isReachable).map((node) => this.#focusableIn(node)).find(Boolean);
      (next ?? this.#fallback).focus({ preventScroll: true });
    }
  }

  #focusableIn(node) {
    if (node.matches(FOCUSABLE)) {
      return node;
    }
    const near = node.matches(GROUP) ? focusables(node) : [];
    return near[Math.min(this.#index, near.length - 1)];
  }
}

function ancestors(node) {
  return node === document.body ? [] : [node, ...ancestors(node.parentElement)];
}

const isReachable = (node) =>
  node.isConnected && node.checkVisibility({ visibilityProperty: true }) && !node.closest("[inert]");

const focusables = (group) => [...group.querySelectorAll(FOCUSABLE)].filter(isReachable);
