import { showFiles } from "../files/show_files.js";
import { gettext } from "../lib/i18n.js";
import { dayName, fullDateTime, isSameDay } from "../lib/time.js";
import { newAvatar, showAvatar } from "../people/avatar.js";
import { avatarColors } from "../people/avatar_colors.js";
import { showTimestamp } from "../timeline/timestamps.js";
import { button, element, setText } from "../ui/dom.js";
import { isLong, showFoldToggle } from "./folds.js";
import { showContent } from "./message_content.js";
import { showQuote } from "./quote_view.js";
import { showReactions } from "./reactions_view.js";

const GROUP_MS = 5 * 60_000; // within it, messages of one author form a group under one name

/** @typedef {import("./message_presenter.js").DisplayedMessage} DisplayedMessage */

let created = 0; // ids

/** @returns {HTMLElement} */
export function newMessageNode() {
  const node = element("article", "message");
  const head = element("div", "message-head", element("span", "message-author"), element("time", "message-time"));
  const body = element("div", "message-body", head, element("div", "message-text"));
  const avatar = newAvatar();
  [avatar, head.firstChild].forEach((pressed) => (pressed.dataset.reading = "openCard")); // the menu has it for keys
  node.append(avatar, body);
  node.id = `message-${++created}`;
  node.tabIndex = -1;
  return node;
}

/**
 * Shows a message below the previous one.
 * @param {HTMLElement} node
 * @param {DisplayedMessage} message
 * @param {?DisplayedMessage} previous
 * @param {{id: string}} me
 */
export function showMessage(node, message, previous, me) {
  const startsDay = !previous || !isSameDay(message.sentAt, previous.sentAt);
  node.classList.toggle("is-grouped", !startsDay && !message.isFirstUnread && continuesGroup(message, previous));
  node.classList.toggle("is-pending", message.pending);
  node.classList.toggle("is-refused", Boolean(message.refusal));
  node.classList.toggle("is-topic", ["topic", "event"].includes(message.kind));
  node.classList.toggle("is-action", message.kind === "action" && !message.deleted);
  node.classList.toggle("mentions-me", message.mentionsMe && !message.deleted);
  showDivider(node, "day-divider", startsDay ? dayName(message.sentAt) : null);
  showDivider(node, "unread-divider", message.isFirstUnread ? gettext("New") : null);
  showAuthor(node, message);
  showTimestamp(node.querySelector(".message-time"), message.sentAt);
  showQuote(node, message);
  const isFoldable = message.kind === "text" && !message.deleted && isLong(message.text);
  const isFolded = isFoldable && !node.classList.contains("is-unfolded");
  showContent(node.querySelector(".message-text"), message, me, isFolded);
  showFoldToggle(node, isFoldable);
  showFiles(node, message.files);
  showReactions(node, message, me);
  showAccessibleName(node);
  showAccessibleDescription(node, message);
}

/**
 * Shows a note under a message of mine: why it is not sent, and what to do about it.
 * @param {HTMLElement} node
 * @param {?string} text
 * @param {Object<string, () => void>} actions  by their labels
 */
export function showMessageNote(node, text, actions = {}) {
  text && (node.ariaDescription = null); // not "Sending…"
  const shown = node.querySelector(".message-note");
  if ((shown?.dataset.text ?? null) === text) {
    return; // leaves the buttons under the pointer
  }
  shown?.remove();
  if (text) {
    const buttons = Object.entries(actions).map(([label, action]) => button(label, action));
    const words = element("span", "message-note-text", text);
    words.role = node.matches(".is-refused") ? "alert" : null;
    const note = element("p", "message-note", words, element("span", "", ...buttons));
    note.dataset.text = text;
    node.querySelector(".message-body").append(note);
  }
  showAccessibleName(node);
}

function continuesGroup(message, previous) {
  const isPlain = message.kind === "text" && previous.kind === "text" && !message.quote;
  return isPlain && previous.author.id === message.author.id && message.sentAt - previous.sentAt < GROUP_MS;
}

/** Shows a divider above a message; removes it if there is no text. */
function showDivider(node, className, text) {
  let divider = node.querySelector(`.${className}`);
  if (!text) {
    divider?.remove();
    return;
  }
  if (!divider) {
    divider = element("h2", className);
    node.querySelector(".avatar").before(divider);
  }
  setText(divider, text);
}

function showAuthor(node, { author: { id, name, mark, guest, picture }, kind, sentAt }) {
  const author = node.querySelector(".message-author");
  showAvatar(node.querySelector(".avatar"), name, avatarColors.of(id), guest, picture);
  setText(author, name);
  author.dataset.mark = mark;
  author.title = kind === "text" ? "" : fullDateTime(sentAt); // the other kinds show no time
}

/** What a screen reader reads of a message, in this order. */
const NAMING = [".message-author", ".quote", ".message-text", ".message-files", ".message-time", ".reactions", ".message-note-text"];

function showAccessibleName(node) {
  const parts = NAMING.map((selector) => node.querySelector(selector)).filter(Boolean).flatMap(withoutCopyButtons);
  parts.forEach((part) => (part.id ||= `${node.id}-${++created}`));
  node.setAttribute("aria-labelledby", parts.map(({ id }) => id).join(" "));
}

/** The parts of a text without the buttons of its code. */
function withoutCopyButtons(part) {
  const blocks = [...part.querySelectorAll(".code-block")];
  const isFlat = blocks.length > 0 && blocks.every(({ parentElement }) => parentElement === part);
  const shown = [...part.children].filter((it) => !it.hidden);
  return isFlat ? shown.map((it) => (it.matches(".code-block") ? it.lastElementChild : it)) : [part];
}

function showAccessibleDescription(node, { pending, mentionsMe, repliesToMe, deleted }) {
  const forMe = repliesToMe ? gettext("Replies to you") : gettext("Mentions you");
  node.ariaDescription = [pending && gettext("Sending…"), mentionsMe && !deleted && forMe].filter(Boolean).join(", ") || null;
}
