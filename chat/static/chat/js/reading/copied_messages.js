import { clockTime, fullDate, isSameDay } from "../lib/time.js";
import { element } from "../ui/dom.js";
import { linkAddress } from "./link_address.js";

const KEPT = ["href", "start", "value"]; // attributes; the others belong to this page

/**
 * Copies selected messages as the page shows them: "Name, 10:09" once for a group, and the texts below; messages of
 * several days under their dates; without buttons and avatars. A selection inside one text is copied as the browser
 * does.
 * @param {HTMLElement} list  of messages
 */
export function enableMessageCopying(list) {
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    const isElsewhere = event.defaultPrevented || selection.isCollapsed || event.target.closest?.("input, textarea");
    const copied = isElsewhere ? [] : copiedMessages(list, selection.getRangeAt(0));
    if (copied.length) {
      event.preventDefault();
      event.clipboardData.setData("text/plain", copied.map(({ text }) => text).join("\n").replace(/^\n/, ""));
      event.clipboardData.setData("text/html", copied.map(({ html }) => html).join("\n"));
    }
  });
}

function copiedMessages(list, range) {
  if (textContainer(range.commonAncestorContainer)) {
    return [];
  }
  const nodes = [...list.querySelectorAll(".message")].filter((node) => range.intersectsNode(node));
  const parts = nodes.map((node) => ({ node, content: selectedContent(node, range) })).filter(({ content }) => content);
  const hasHeads = parts.length > 1 || parts.some(({ node }) => range.intersectsNode(node.querySelector(".message-author").firstChild));
  const days = hasHeads ? parts.map(({ node }) => sentAt(node)) : [];
  const hasDates = days.length > 0 && !isSameDay(days[0], days.at(-1));
  return parts.flatMap(({ node, content }, index) => {
    const isNewDay = hasDates && !(index > 0 && isSameDay(days[index - 1], days[index]));
    const isGrouped = index > 0 && node.matches(".is-grouped");
    const date = isNewDay ? [copiedDate(days[index])] : [];
    return [...date, copiedMessage(node, content, hasHeads && !isGrouped)];
  });
}

const sentAt = (node) => new Date(node.querySelector(".message-time").dateTime);

/** A line above what follows, as of a group: a blank line is before it. */
const copiedDate = (day) => ({ text: `\n${fullDate(day)}`, html: `<p><b>${fullDate(day)}</b></p>` });

const textContainer = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement).closest(".message-text, .message-files");

/** The selected part of a message's text and files; null if there is none. @returns {?DocumentFragment} */
function selectedContent(node, range) {
  const text = node.querySelector(".message-text");
  const part = document.createRange();
  part.selectNodeContents(text);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) {
    part.setStart(range.startContainer, range.startOffset);
  }
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) {
    part.setEnd(range.endContainer, range.endOffset);
  }
  const content = part.cloneContents();
  content.querySelectorAll("button").forEach((button) => button.remove());
  content.querySelectorAll(".fold-rest").forEach(unfold);
  const files = selectedFiles(node, range).join("\n");
  content.append(content.textContent && files && "\n", files);
  return content.textContent.trim() ? content : null;
}

/** What is copied of each file: its name, or what a picture shows. */
function selectedFiles(node, range) {
  const places = [...node.querySelectorAll("[data-file]")].filter((place) => range.intersectsNode(place));
  return places.map((place) => place.querySelector("img")?.alt ?? place.querySelector(".file-name")?.title ?? "");
}

/** A selected message is copied whole. @param {HTMLElement} rest  of a folded message */
function unfold(rest) {
  const [block, next] = [rest.previousElementSibling, rest.firstElementChild];
  if (rest.dataset.continues !== undefined && block && next) {
    const [end, start] = [block, next].map((it) => (it.matches(".code-block") ? it.querySelector("code") : it));
    end.append(...start.childNodes);
    next.remove();
  }
  rest.replaceWith(...rest.childNodes);
}

function copiedMessage(node, content, hasHead) {
  const name = node.querySelector(".message-author").textContent;
  const isEvent = node.matches(".is-action, .is-topic"); // its name begins the sentence
  const { text, html } = rendered(content);
  if (!hasHead) {
    return { text, html: `<div>${html}</div>` };
  }
  const head = isEvent ? name : `${name}, ${clockTime(sentAt(node))}`;
  const shownHead = `<b>${element("b", "", head).innerHTML}</b>`;
  return isEvent
    ? { text: `\n${head} ${text}`, html: `<p>${shownHead} ${html}</p>` }
    : { text: `\n${head}\n${text}`, html: `<p>${shownHead}</p><div>${html}</div>` };
}

/** The text as it is shown, with its line breaks, and the HTML without what belongs to this page. */
function rendered(content) {
  const probe = element("div", "message-text copied-text", content);
  document.body.append(probe);
  probe.querySelectorAll("a[href]").forEach(showAddress);
  const text = probe.innerText.trimEnd();
  probe.querySelectorAll(".code-block").forEach((block) => block.replaceWith(...block.childNodes));
  probe.querySelectorAll("*").forEach(keepContent);
  const isPlain = !probe.querySelector("*");
  const html = isPlain ? probe.innerHTML.replaceAll("\n", "<br>") : probe.innerHTML;
  probe.remove();
  return { text, html };
}

/** A link to a room is shown by the room's name; if it was typed as an address, its title has that. */
function showAddress(link) {
  const address = linkAddress(link);
  const typed = link.title.includes("://") ? link.title : `${location.protocol}//${link.title}`;
  if (URL.canParse(typed) && new URL(typed).href === address) {
    link.textContent = address;
  }
  link.setAttribute("href", address);
}

function keepContent(node) {
  [...node.attributes].filter(({ name }) => !KEPT.includes(name)).forEach(({ name }) => node.removeAttribute(name));
}
