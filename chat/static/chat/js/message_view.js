import { hue, initials } from "./avatar.js";
import { clockTime, dayName, exactTime, isSameDay } from "./time.js";

const GROUP_MS = 5 * 60_000; // one author's lines within it stand under one name

/**
 * @typedef {object} Line  what a timeline shows: a message, or a letter on its way to be one
 * @property {{id: string, name: string}} author
 * @property {string} text
 * @property {Date} at
 * @property {boolean} deleted
 * @property {?string} refusal
 * @property {boolean} pending
 */

/** @returns {HTMLLIElement} */
export function newMessageNode() {
  const node = element("li", "message");
  const body = element("div", "message-body");
  const head = element("div", "message-head");
  head.append(element("span", "message-author"), element("time", "message-time"));
  body.append(head, element("div", "message-text"));
  const avatar = element("span", "avatar");
  avatar.ariaHidden = "true";
  node.append(avatar, body);
  return node;
}

/**
 * Shows a line as it stands after the one before it.
 * @param {HTMLLIElement} node
 * @param {Line} line
 * @param {?Line} previous
 */
export function showLine(node, line, previous) {
  const startsDay = !previous || !isSameDay(line.at, previous.at);
  const follows = !startsDay && previous.author.id === line.author.id && line.at - previous.at < GROUP_MS;
  node.classList.toggle("is-grouped", follows);
  node.classList.toggle("is-pending", line.pending);
  node.classList.toggle("is-refused", Boolean(line.refusal));
  showDay(node, startsDay ? dayName(line.at) : null);
  showAuthor(node, line.author);
  showTime(node, line.at);
  showText(node, line);
}

function showDay(node, name) {
  let day = node.querySelector(".day");
  if (!name) {
    day?.remove();
    return;
  }
  if (!day) {
    day = element("h2", "day");
    node.prepend(day);
  }
  setText(day, name);
}

function showAuthor(node, { id, name }) {
  const avatar = node.querySelector(".avatar");
  avatar.style.setProperty("--hue", hue(id));
  setText(avatar, initials(name));
  setText(node.querySelector(".message-author"), name);
}

function showTime(node, at) {
  const time = node.querySelector("time");
  time.dateTime = at.toISOString();
  time.title = exactTime(at);
  setText(time, clockTime(at));
}

function showText(node, { text, deleted }) {
  const place = node.querySelector(".message-text");
  place.classList.toggle("is-deleted", deleted);
  setText(place, deleted ? "This message was deleted." : text);
}

/**
 * Under a line of mine: what keeps it from being sent, and what can be done about it.
 * @param {HTMLLIElement} node
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
    const note = element("p", "message-note");
    note.dataset.text = text;
    note.append(text, ...Object.entries(actions).map(([label, action]) => button(label, action)));
    node.querySelector(".message-body").append(note);
  }
}

function button(label, action) {
  const node = element("button");
  node.type = "button";
  node.textContent = label;
  node.addEventListener("click", action);
  return node;
}

function element(name, className = "") {
  const node = document.createElement(name);
  node.className = className;
  return node;
}

/** Only where it differs: a log that is rewritten is announced again. */
function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}
