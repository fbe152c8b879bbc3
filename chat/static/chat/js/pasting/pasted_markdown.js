import { fenceLanguage } from "./code_languages.js";
import { fenced, HtmlBlocks, isCode, languageOf, NotSimple } from "./html_blocks.js";
import { PLAIN_FORMATS } from "./inline_markdown.js";

const MAX_CHARACTERS = 8_000; // of a message
const MAX_LINES = 400; // browsers take long to insert many
const MAX_HTML_CHARACTERS = 200_000;
const MAX_ELEMENTS = 5_000;
const PROSE = /^(plaintext|markdown|latex)$/; // in an editor
const OWN_MESSAGES = ".message-head, .message-time"; // several messages, copied from a room: their text has it all

/**
 * @typedef {object} Pasted
 * @property {string} html
 * @property {string} text  what the browser would paste
 * @property {string} [editor]  what VS Code says of its text, as JSON
 */

/**
 * What the HTML of the clipboard says, as Markdown.
 * @param {Pasted} pasted
 * @returns {?{markdown: string, startsLine: boolean}} null if the text says as much, or Markdown cannot say it
 */
export function pastedMarkdown({ html, text, editor = "" }) {
  const body = text.length <= MAX_CHARACTERS ? parseBody(html) : null;
  if (!body || body.querySelector(OWN_MESSAGES)) {
    return null;
  }
  const wholeCode = findWholeCode(body);
  return wholeCode ? pastedCode(wholeCode, text, editor) : pastedText(body, text);
}

/** The Content-Security-Policy refuses styles in HTML, and allows scripts to set styles. @returns {?HTMLElement} */
function parseBody(html) {
  const withoutSheets = without(without(html, /<style\b/i, /<\/style>/i), "<!--", /-->/);
  const tags = withoutSheets.match(/<[a-z]/gi) ?? [];
  if (withoutSheets.length > MAX_HTML_CHARACTERS || tags.length > MAX_ELEMENTS) {
    return null;
  }
  const unstyled = withoutSheets.replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/i, " data-style="));
  const { body } = new DOMParser().parseFromString(unstyled, "text/html");
  body.querySelectorAll("[data-style]").forEach((node) => (node.style.cssText = node.dataset.style));
  return body;
}

/** Removes what is between two marks. An expression for both would take long where the second is missing. */
function without(html, open, close) {
  const [first, ...rest] = html.split(open);
  const afterClose = (part) => part.slice(close.exec(part)?.index ?? part.length).replace(close, "");
  return first + rest.map(afterClose).join("");
}

/** The element of code that is all there is. */
function findWholeCode(body) {
  let node = body;
  while (node && !isCode(node)) {
    const children = [...node.childNodes].filter((it) => it.nodeType !== Node.COMMENT_NODE && it.textContent.trim());
    node = children.length === 1 && children[0].nodeType === Node.ELEMENT_NODE ? children[0] : null;
  }
  return node;
}

/** Several lines are a block of code. One line is probably going to be a part of a sentence. */
function pastedCode(node, text, editor) {
  const code = text || node.textContent;
  const mode = modeOf(editor);
  if (!code.trim().includes("\n") || PROSE.test(mode)) {
    return null;
  }
  return { markdown: fenced(code, fenceLanguage(mode || languageOf(node))), startsLine: true };
}

function modeOf(editor) {
  try {
    return JSON.parse(editor).mode ?? "";
  } catch {
    return "";
  }
}

function pastedText(body, text) {
  try {
    const blocks = new HtmlBlocks(formatsOfAll(body));
    blocks.read(body, {});
    const { markdown, startsLine } = blocks;
    if (markdown.length > MAX_CHARACTERS || markdown.split("\n").length > MAX_LINES) {
      return null;
    }
    const saysMore = squeezed(markdown) !== squeezed(text) && hasAllOf(markdown, text);
    return saysMore ? { markdown, startsLine } : null;
  } catch (error) {
    if (error instanceof NotSimple) {
      return null;
    }
    throw error;
  }
}

/** What all of the text is says nothing: a heading alone, a button, a page in a monospaced font. */
function formatsOfAll(body) {
  const runs = [];
  const blocks = new HtmlBlocks();
  blocks.onRun = (run) => runs.push(run);
  blocks.read(body, {});
  return new Set(PLAIN_FORMATS.filter((format) => runs.every((run) => run[format])));
}

const squeezed = (text) => text.replace(/\s+/g, " ").trim();

/** Whether a text has all letters of another, in their order. A bullet of Word may be a letter. */
function hasAllOf(text, other) {
  let from = -1;
  const letters = other.replace(/^\s*[o§]\t/gm, "").match(/[\p{L}\p{N}]/gu) ?? [];
  return letters.every((letter) => (from = text.indexOf(letter, from + 1)) >= 0);
}
