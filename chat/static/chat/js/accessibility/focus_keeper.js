const FOCUSABLE = "a[href], button:not(:disabled), input, textarea, [tabindex]";
const GROUP = "ul, ol, header, nav, aside, form, dialog";
const CHANGES = { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden", "open", "inert"] };

/**
 * The focus is never lost: where what has it leaves the page, what is nearest gets it. In a list that is what
 * took its place there.
 */
export class FocusKeeper {
  #home;
  #way = []; // from what has the focus, up
  #place = 0; // of what has it, in its group

  /** @param {HTMLElement} home  gets it if nothing is near */
  constructor(home) {
    this.#home = home;
    document.addEventListener("focusin", ({ target }) => this.#moved(target));
    // Whoever leaves by themselves is not brought back; where they arrive, `focusin` tells.
    document.addEventListener("pointerdown", () => (this.#way = []), { capture: true });
    document.addEventListener("keydown", ({ key }) => key === "Tab" && (this.#way = []), { capture: true });
    new MutationObserver(() => this.#check()).observe(document.body, CHANGES);
    document.addEventListener("toggle", () => this.#check(), { capture: true }); // a popover has closed
  }

  #moved(target) {
    this.#way = ancestors(target);
    const group = target.closest(GROUP);
    this.#place = group ? focusable(group).indexOf(target) : 0;
  }

  #check() {
    const { activeElement } = document;
    const isLost = activeElement === document.body || !isThere(activeElement);
    if (isLost && this.#way.length) {
      const next = this.#way.filter(isThere).map((node) => this.#in(node)).find(Boolean);
      (next ?? this.#home).focus({ preventScroll: true });
    }
  }

  #in(node) {
    if (node.matches(FOCUSABLE)) {
      return node;
    }
    const near = node.matches(GROUP) ? focusable(node) : [];
    return near[Math.min(this.#place, near.length - 1)];
  }
}

function ancestors(node) {
  return node === document.body ? [] : [node, ...ancestors(node.parentElement)];
}

const isThere = (node) => node.isConnected && node.checkVisibility({ visibilityProperty: true }) && !node.closest("[inert]");

const focusable = (group) => [...group.querySelectorAll(FOCUSABLE)].filter(isThere);
