import { clockTime } from "../lib/time.js";
import { element } from "../ui/dom.js";

const KEPT = ["href", "start", "value"]; // attributes; the others belong to this page

/**
 * Copies selected messages as "Name, 10:09" and the text below, without buttons and avatars. A selection inside one
 * text is copied as the browser does.
 * @param {HTMLElement} list  of messages
 */
export function enableMessageCopying(list) {
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    const isElsewhere = event.defaultPrevented || selection.isCollapsed || event.target.closest?.("input, textarea");
    const copied = isElsewhere ? [] : copiedMessages(list, selection.getRangeAt(0));
    if (copied.length) {
      event.preventDefault();
      event.clipboardData.setData("text/plain", copied.map(({ text }) => text).join("\n\n"));
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
  return parts.map(({ node, content }) => copiedMessage(node, content, hasHeads));
}

const textContainer = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement).closest(".message-text");

/** The selected part of a message's text; null if there is none. @returns {?DocumentFragment} */
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
  return content.textContent.trim() ? content : null;
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
    return { text, html };
  }
  const sentAt = new Date(node.querySelector(".message-time").dateTime);
  const head = isEvent ? name : `${name}, ${clockTime(sentAt)}`;
  const shownHead = `<b>${element("b", "", head).innerHTML}</b>`;
  return isEvent
    ? { text: `${head} ${text}`, html: `<p>${shownHead} ${html}</p>` }
    : { text: `${head}\n${text}`, html: `<p>${shownHead}</p><div>${html}</div>` };
}

/** The text as it is shown, with its line breaks, and the HTML without what belongs to this page. */
function rendered(content) {
  const probe = element("div", "message-text copied-text", content);
  document.body.append(probe);
  const text = probe.innerText.trimEnd();
  probe.querySelectorAll(".code-block").forEach((block) => block.replaceWith(...block.childNodes));
  probe.querySelectorAll("*").forEach(keepContent);
  const isPlain = !probe.querySelector("*");
  const html = isPlain ? probe.innerHTML.replaceAll("\n", "<br>") : probe.innerHTML;
  probe.remove();
  return { text, html };
}

function keepContent(node) {
  [...node.attributes].filter(({ name }) => !KEPT.includes(name)).forEach(({ name }) => node.removeAttribute(name));
}
