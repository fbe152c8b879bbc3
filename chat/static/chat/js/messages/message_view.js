import { hue, initials } from "../people/avatar.js";
import { showContent } from "./content_view.js";
import { button, element, setText } from "../ui/dom.js";
import { gettext } from "../lib/i18n.js";
import { showQuote } from "./quote_view.js";
import { showReactions } from "./reactions_view.js";
import { dayName, exactTime, isSameDay } from "../lib/time.js";
import { showTime } from "../timeline/times_view.js";

const GROUP_MS = 5 * 60_000; // one author's lines within it stand under one name

/** @typedef {import("./types.js").Line} Line */

let made = 0;

/** An article, named by what stands in it: so whoever walks there hears it. @returns {HTMLElement} */
export function newMessageNode() {
  const node = element("article", "message");
  const head = element("div", "message-head", element("span", "message-author"), element("time", "message-time"));
  const body = element("div", "message-body", head, element("div", "message-text"));
  const avatar = element("span", "avatar");
  avatar.ariaHidden = "true";
  node.append(avatar, body);
  node.id = `line-${++made}`;
  node.tabIndex = -1;
  return node;
}

/** What a reader hears of a line, in this order, as far as it is there. */
const NAMING = [".message-author", ".quote", ".message-text", ".message-time", ".reactions", ".message-note"];

function showName(node) {
  const parts = NAMING.map((selector) => node.querySelector(selector)).filter(Boolean);
  parts.forEach((part) => (part.id ||= `${node.id}-${part.classList[0]}`));
  node.setAttribute("aria-labelledby", parts.map(({ id }) => id).join(" "));
}

/** What else its looks say. */
function showDescription(node, { pending, meansMe, deleted }) {
  const said = [pending && gettext("Being sent"), meansMe && !deleted && gettext("Mentions you")].filter(Boolean);
  node.ariaDescription = said.join(", ") || null;
}

/**
 * Shows a line as it stands after the one before it.
 * @param {HTMLElement} node
 * @param {Line} line
 * @param {?Line} previous
 * @param {{id: string}} me
 */
export function showLine(node, line, previous, me) {
  const startsDay = !previous || !isSameDay(line.at, previous.at);
  node.classList.toggle("is-grouped", !startsDay && !line.isFirstNew && follows(line, previous));
  node.classList.toggle("is-pending", line.pending);
  node.classList.toggle("is-refused", Boolean(line.refusal));
  node.classList.toggle("is-topic", line.kind === "topic");
  node.classList.toggle("is-action", line.kind === "action" && !line.deleted);
  node.classList.toggle("means-me", line.meansMe && !line.deleted);
  showMark(node, "day", startsDay ? dayName(line.at) : null);
  showMark(node, "new-line", line.isFirstNew ? gettext("New") : null);
  showAuthor(node, line);
  showTime(node.querySelector(".message-time"), line.at);
  showQuote(node, line);
  showContent(node.querySelector(".message-text"), line, me);
  showReactions(node, line, me);
  showName(node);
  showDescription(node, line);
}

function follows(line, previous) {
  const isSpoken = line.kind === "text" && previous.kind === "text" && !line.quote;
  return isSpoken && previous.author.id === line.author.id && line.at - previous.at < GROUP_MS;
}

/** A line across the timeline, above a message: a day begins, or what is new to me. */
function showMark(node, className, text) {
  let mark = node.querySelector(`.${className}`);
  if (!text) {
    mark?.remove();
    return;
  }
  if (!mark) {
    mark = element("h2", className);
    node.querySelector(".avatar").before(mark);
  }
  setText(mark, text);
}

function showAuthor(node, { author: { id, name }, kind, at }) {
  const avatar = node.querySelector(".avatar");
  const author = node.querySelector(".message-author");
  avatar.style.setProperty("--hue", hue(id));
  setText(avatar, initials(name));
  setText(author, name);
  author.title = kind === "text" ? "" : exactTime(at); // where no time is shown
}

/**
 * Under a line of mine: what keeps it from being sent, and what can be done about it.
 * @param {HTMLElement} node
 * @param {?string} text
 * @param {Object<string, () => void>} actions  by their labels
 */
export function showNote(node, text, actions = {}) {
  const shown = node.querySelector(".message-note");
  if ((shown?.dataset.text ?? null) === text) {
    return; // or whoever is about to press a button would lose it
  }
  shown?.remove();
  if (text) {
    const buttons = Object.entries(actions).map(([label, action]) => button(label, action));
    const note = element("p", "message-note", text, ...buttons);
    note.dataset.text = text;
    node.querySelector(".message-body").append(note);
  }
  showName(node);
}
