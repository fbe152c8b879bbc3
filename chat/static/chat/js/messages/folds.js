import { gettext } from "../lib/i18n.js";
import { element } from "../ui/dom.js";
import { readingButton } from "./code_blocks.js";

const MAX_LINES = 20; // a longer text is folded
const FOLDED_LINES = 12; // shown of it
const LINE_CHARACTERS = 90; // about, on a wide page
const GAP = 0.5; // lines, between paragraphs
const FENCE = /^\s*(```|~~~)/;
const BLOCKS = "p, li, tr, .code-block";

/** Whether a text takes too many lines, as far as can be told without laying it out. @param {string} text */
export function isLong(text) {
  let lines = 0;
  let isCode = false;
  for (const line of text.split("\n")) {
    isCode = FENCE.test(line) ? !isCode : isCode;
    const wrapped = isCode ? 1 : Math.ceil(line.length / LINE_CHARACTERS); // code scrolls
    lines += wrapped || GAP;
  }
  return lines > MAX_LINES;
}

/** Hides what follows the first lines. Browsers that know `until-found` still find it. @param {HTMLElement} container */
export function fold(container) {
  const range = document.createRange();
  if (startRest(container, range)) {
    range.setEnd(container, container.childNodes.length);
    const continues = range.startContainer !== container; // the block before it
    const rest = element("div", "fold-rest", range.extractContents());
    rest.setAttribute("hidden", "until-found");
    rest.toggleAttribute("data-continues", continues);
    container.append(rest);
  }
}

/** Shows the button that opens or folds a message, if that is long. @param {HTMLElement} node  @param {boolean} isFoldable */
export function showFoldToggle(node, isFoldable) {
  const isOpen = node.classList.contains("is-unfolded");
  const shown = node.querySelector(".fold-toggle");
  if (!isFoldable || !(isOpen || node.querySelector(".fold-rest"))) {
    node.classList.remove("is-unfolded");
    shown?.remove();
    return;
  }
  const toggle = shown ?? readingButton("fold-toggle", "toggleFold");
  toggle.ariaExpanded = String(isOpen);
  toggle.textContent = isOpen ? gettext("Show less") : gettext("Show more");
  shown ?? node.querySelector(".message-text").after(toggle);
}

/** Moves the start of a range to where the first lines end. Returns whether there are more. */
function startRest(container, range) {
  const walker = document.createTreeWalker(container, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  const place = { block: null, lines: 0, column: 0 };
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeName === "BR") {
      breakLine(place);
    } else if (node.nodeType === Node.TEXT_NODE && endsIn(node, place, range)) {
      return true;
    }
  }
  return false;
}

function endsIn(node, place, range) {
  const block = node.parentElement.closest(BLOCKS);
  const isNewBlock = block !== place.block;
  if (isNewBlock && place.block) {
    breakLine(place);
  }
  if (isNewBlock && place.lines >= FOLDED_LINES) {
    block ? range.setStartBefore(block) : range.setStart(node, 0);
    return true;
  }
  place.block = block;
  const end = endOfLines(node, place);
  end < node.data.length && range.setStart(node, end);
  return end < node.data.length;
}

/** The index in a text node at which there are enough lines. Code does not wrap: it scrolls. */
function endOfLines(node, place) {
  const isCode = node.parentElement.closest("pre") !== null;
  let index = 0;
  for (const character of node.data) {
    if (place.lines >= FOLDED_LINES) {
      break;
    }
    index += character.length;
    place.column += 1;
    const isWide = !isCode && place.column >= LINE_CHARACTERS;
    if (character === "\n" || (isWide && (character === " " || place.column >= 2 * LINE_CHARACTERS))) {
      breakLine(place);
    }
  }
  return index;
}

function breakLine(place) {
  place.lines += 1;
  place.column = 0;
}
