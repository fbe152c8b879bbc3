import { element, icon } from "../ui/dom.js";

const EDGE_PX = 28; // a swipe from there belongs to the browser: it goes back
const BEGIN_PX = 12;
const REPLY_PX = 64;
const RESISTANCE = 4; // beyond REPLY_PX
const BACK_MS = 150;
const REPLY_ICON = "M9 14l-5-5 5-5M4 9h10a6 6 0 0 1 6 6v4";

/** A swipe along the line on a message replies to it. The message follows the finger. */
export class SwipeToReply {
  #onReady;
  #onReply;
  #swipe = null; // under way: {node, startX, startY, direction, cue, distance}

  /**
   * @param {HTMLElement} list
   * @param {() => void} onReady  lifting the finger now replies
   * @param {(node: HTMLElement) => void} onReply
   */
  constructor(list, onReady, onReply) {
    this.#onReady = onReady;
    this.#onReply = onReply;
    list.addEventListener("pointerdown", (event) => this.#begin(event));
    list.addEventListener("pointermove", (event) => this.#swipe && this.#onMove(event));
    list.addEventListener("pointerup", () => this.#end(true));
    list.addEventListener("pointercancel", () => this.#end(false)); // the browser scrolls
  }

  #begin({ target, pointerType, isPrimary, clientX, clientY }) {
    this.#end(false);
    const node = target.closest(".message[data-seq]:not(:has(.is-deleted))");
    const isAtEdge = clientX < EDGE_PX || clientX > innerWidth - EDGE_PX;
    if (node && pointerType === "touch" && isPrimary && !isAtEdge && !scrollsSideways(target)) {
      const direction = node.matches(":dir(rtl)") ? -1 : 1;
      this.#swipe = { node, startX: clientX, startY: clientY, direction, cue: null, distance: 0 };
    }
  }

  #onMove({ clientX, clientY }) {
    const swipe = this.#swipe;
    const along = (clientX - swipe.startX) * swipe.direction;
    const across = Math.abs(clientY - swipe.startY);
    if (swipe.cue) {
      this.#follow(swipe, along);
    } else if (across > BEGIN_PX || along < -BEGIN_PX) {
      this.#swipe = null;
    } else if (along > BEGIN_PX) {
      showCue(swipe);
      this.#follow(swipe, along);
    }
  }

  #follow(swipe, along) {
    const wasReady = swipe.distance >= REPLY_PX;
    swipe.distance = Math.max(0, along);
    const isReady = swipe.distance >= REPLY_PX;
    const shown = isReady ? REPLY_PX + (swipe.distance - REPLY_PX) / RESISTANCE : swipe.distance;
    swipe.node.style.setProperty("--swipe", `${shown * swipe.direction}px`);
    swipe.cue.classList.toggle("is-ready", isReady);
    if (isReady && !wasReady) {
      this.#onReady();
    }
  }

  #end(isLifted) {
    const swipe = this.#swipe;
    this.#swipe = null;
    if (swipe?.cue) {
      moveBack(swipe);
      isLifted && swipe.distance >= REPLY_PX && this.#onReply(swipe.node);
    }
  }
}

function showCue(swipe) {
  swipe.cue = element("span", "swipe-cue", icon(REPLY_ICON));
  swipe.cue.firstElementChild.classList.add("flips-rtl");
  swipe.node.append(swipe.cue);
  swipe.node.classList.add("is-swiped");
}

function moveBack({ node, cue }) {
  const from = getComputedStyle(node).translate;
  cue.remove();
  node.classList.remove("is-swiped");
  node.style.removeProperty("--swipe");
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
    node.animate([{ translate: from }, { translate: "none" }], { duration: BACK_MS, easing: "ease-out" });
  }
}

/** Whether the finger is on code that is wider than its block. */
function scrollsSideways(target) {
  const block = target.closest("pre");
  return Boolean(block) && block.scrollWidth > block.clientWidth;
}
