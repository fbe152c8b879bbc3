import { fenceFor } from "../composer/markdown_editing.js";
import { fenceLanguage } from "./code_languages.js";
import { inlineMarkdown } from "./inline_markdown.js";

const IGNORED = new Set(["STYLE", "SCRIPT", "TEMPLATE", "TITLE", "META", "HEAD", "NOSCRIPT", "SVG", "svg", "O:P", "XML"]);
const HEADING = /^H[1-6]$/;
const BLOCKS = new Set(
  `ADDRESS ARTICLE ASIDE CAPTION CENTER DD DETAILS DIV DL DT FIGCAPTION FIGURE FOOTER FORM HEADER HR LI MAIN NAV P SECTION
  SUMMARY TABLE TBODY TD TH THEAD TFOOT TR`.split(/\s+/),
);
const MONOSPACE = /mono|courier|consolas|menlo/i;
const EMOJI_NAME = /^(:[a-z0-9_+-]+:|[\p{Emoji_Presentation}\p{Emoji}\ufe0f\u200d\u{1f3fb}-\u{1f3ff}]{1,16})$/u;
const WORD_LIST = /mso-list:\s*l\d+ level([1-9])\b/i; // Word's items are paragraphs

const WORD_LABEL = "[data-style*='mso-list:Ignore']"; // the bullet or number

const MAX_DEPTH = 20;

/** HTML that Markdown cannot say. */
export class NotSimple extends Error {}

/** Collects the blocks of a piece of HTML as Markdown. */
export class HtmlBlocks {
  #blocks = []; // {text, gap, isWide}: the gap in lines before and after
  #runs = [];
  #ignored;
  #depth = 0; // in lists, items, quotes and cells

  /** Called with each run of text. @type {(run: import("./inline_markdown.js").Run) => void} */
  onRun = () => {};

  /** @param {Set<string>} ignored  formats */
  constructor(ignored = new Set()) {
    this.#ignored = ignored;
  }

  /** @returns {string} */
  get markdown() {
    this.#flush(1);
    const gapBefore = (index) => "\n".repeat(Math.max(this.#blocks[index - 1]?.gap ?? 0, this.#blocks[index].gap));
    return this.#blocks.map(({ text }, index) => (index ? gapBefore(index) : "") + text).join("");
  }

  /** Whether the first block needs a line of its own: a list, a quote, code, a table. */
  get startsLine() {
    return this.#blocks[0]?.startsLine ?? false;
  }

  /** @param {Node} parent  @param {object} format  of the text in it */
  read(parent, format) {
    for (const node of parent.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) {
        this.#addText(node.data.replace(/[\t\n\r ]+/g, " "), format);
      } else if (node.nodeType === Node.ELEMENT_NODE && !isHidden(node)) {
        this.#readElement(node, formatOf(node, format));
      }
    }
  }

  #addText(text, { isHeading, ...format }) {
    const kept = Object.entries(format).filter(([name]) => !this.#ignored.has(name));
    const run = { ...Object.fromEntries(kept), text };
    text.trim() && this.onRun(run);
    this.#runs.push(run);
  }

  #readElement(node, format) {
    const { tagName: tag } = node;
    const write = {
      BR: () => this.#addText("\n", format),
      IMG: () => EMOJI_NAME.test(node.alt) && this.#addText(node.alt, format),
      INPUT: () => node.type === "checkbox" && this.#addText(node.checked ? "[x] " : "[ ] ", format),
      PRE: () => this.#addBlock(codeBlock(node)),
      UL: () => this.#addBlock(this.#list(node, format)),
      OL: () => this.#addBlock(this.#list(node, format)),
      BLOCKQUOTE: () => this.#addBlock(prefixed(this.#inner(node, format), "> ", "> ")),
    }[tag];
    if (write) {
      write();
    } else if (tag === "TABLE" && isGrid(node)) {
      this.#addBlock(this.#table(node, format));
    } else if (WORD_LIST.test(node.dataset?.style)) {
      this.#addBlock(this.#wordItem(node, format));
    } else if (BLOCKS.has(tag) || HEADING.test(tag)) {
      this.#readBlock(node, format);
    } else {
      this.read(node, format);
    }
  }

  #readBlock(node, format) {
    const isApart = (node.tagName === "P" || HEADING.test(node.tagName)) && parseFloat(node.style.marginBottom) !== 0;
    this.#flush(1);
    this.read(node, format);
    this.#flush(isApart ? 2 : 1);
  }

  #flush(gap) {
    const text = inlineMarkdown(this.#runs).replace(/\n{3,}/g, "\n\n");
    this.#runs = [];
    text && this.#blocks.push({ text, gap, startsLine: false });
  }

  #addBlock(text) {
    this.#flush(1);
    text && this.#blocks.push({ text, gap: 1, startsLine: true });
  }

  #inner(node, format) {
    const inner = new HtmlBlocks(this.#ignored);
    inner.onRun = this.onRun;
    inner.#depth = this.#depth + 1;
    inner.#checkDepth();
    inner.read(node, format);
    return inner.markdown;
  }

  #checkDepth() {
    if (this.#depth > MAX_DEPTH) {
      throw new NotSimple();
    }
  }

  /** Google Docs puts a list of a list beside the items, not into one. */
  #list(list, format) {
    this.#depth += 1;
    this.#checkDepth();
    const hasMarkers = list.style.listStyleType !== "none";
    let number = list.tagName === "OL" ? (list.start ?? 1) : 0;
    const lines = [];
    for (const child of list.children) {
      if (child.tagName === "LI") {
        number = number && (child.value || number);
        const marker = number ? `${number}. ` : "- ";
        const text = this.#inner(child, formatOf(child, format)).replace(/\n{2,}/g, "\n");
        text && lines.push(hasMarkers ? prefixed(text, marker, " ".repeat(marker.length)) : text);
        number += number ? 1 : 0;
      } else if (/^[UO]L$/.test(child.tagName)) {
        lines.push(prefixed(this.#list(child, format), "   ", "   "));
      }
    }
    this.#depth -= 1;
    return lines.filter(Boolean).join("\n");
  }

  #wordItem(node, format) {
    const level = Number(WORD_LIST.exec(node.dataset.style)[1]);
    const [, number] = /^\s*(\d{1,3})[.)]/.exec(node.querySelector(WORD_LABEL)?.textContent) ?? [];
    const indent = " ".repeat(3 * (level - 1));
    return prefixed(this.#inner(node, format), `${indent}${number ? `${number}. ` : "- "}`, `${indent}   `);
  }

  #table(table, format) {
    const rows = [...table.rows].map((row) => [...row.cells].map((cell) => this.#cell(cell, format)));
    const filled = rows.filter((row) => row.some(Boolean));
    const [head, ...body] = filled.map((row) => `| ${row.join(" | ")} |`);
    return [head, `|${" --- |".repeat(filled[0].length)}`, ...body].join("\n");
  }

  #cell(cell, format) {
    const isHead = cell.tagName === "TH"; // is bold anyway
    const text = this.#inner(cell, isHead ? { ...format, bold: false, isHeading: true } : format);
    const spansCells = cell.colSpan > 1 || cell.rowSpan > 1;
    if (spansCells || text.includes("\n") || cell.querySelector("ul, ol, pre, table, blockquote")) {
      throw new NotSimple();
    }
    return text.replaceAll("|", "\\|");
  }
}

/** Whether a table has several rows and columns, and as many cells in each row. Others are laid out by tables. */
function isGrid({ rows }) {
  const columns = rows[0]?.cells.length ?? 0;
  const isEven = [...rows].every(({ cells }) => cells.length === columns);
  if (columns > 1 && (!isEven || rows.length < 2)) {
    throw new NotSimple();
  }
  return columns > 1;
}

const isHidden = (node) => IGNORED.has(node.tagName) || node.style?.display === "none" || node.matches(WORD_LABEL);

/** Adds to a format what an element says. */
function formatOf(node, format) {
  const { tagName: tag, style, classList } = node;
  const isHeading = format.isHeading || HEADING.test(tag);
  const isBold = format.isHeading ? format.bold : (weight(style) ?? (/^(B|STRONG)$/.test(tag) || format.bold));
  const address = tag === "A" && node.getAttribute("href");
  return {
    ...format,
    isHeading,
    bold: HEADING.test(tag) || isBold,
    italic: slant(style) ?? (/^(I|EM)$/.test(tag) || format.italic),
    strike: /^(S|DEL|STRIKE)$/.test(tag) || /line-through/.test(style?.textDecoration) || format.strike,
    code: /^(CODE|KBD|SAMP|TT)$/.test(tag) || MONOSPACE.test(style?.fontFamily) || format.code,
    spoiler: classList.contains("spoiler") || format.spoiler,
    href: /^https?:\/\//i.test(address) ? address : format.href,
  };
}

function weight(style) {
  const { fontWeight } = style ?? {};
  return fontWeight ? /^bold/.test(fontWeight) || Number(fontWeight) >= 600 : null;
}

function slant(style) {
  const { fontStyle } = style ?? {};
  return fontStyle ? /italic|oblique/.test(fontStyle) : null;
}

/** Whether all of an element is code that was laid out as it is: from an editor, a terminal or a page. */
export const isCode = ({ tagName, style }) =>
  tagName === "PRE" || (/^pre/.test(style?.whiteSpace) && MONOSPACE.test(style?.fontFamily));

const codeBlock = (node) => fenced(linesOf(node), fenceLanguage(languageOf(node)));

/** The language that a page names for its code; empty if it names none. @param {HTMLElement} node */
export function languageOf(node) {
  const named = node.closest("[class*='highlight-source-']") ?? node.querySelector("[class*='lang']") ?? node;
  const [, language = ""] = /(?:language|lang|highlight-source)-([\w+#-]+)/.exec(named.className) ?? [];
  return language;
}

/** Code between fences. @param {string} code  @param {string} language */
export function fenced(code, language) {
  const text = code.replace(/\r\n?/g, "\n").replace(/\u00a0/g, " ").replace(/^\n/, "").trimEnd();
  const fence = fenceFor(text);
  return text && `${fence}${language}\n${text}\n${fence}`;
}

/** The text of preformatted HTML. Editors put each line into a block. */
function linesOf(node) {
  return [...node.childNodes].map((it) => {
    const isLine = it.nodeName === "DIV" || it.nodeName === "LI";
    return it.nodeName === "BR" ? "\n" : it.childNodes.length ? linesOf(it) + (isLine ? "\n" : "") : it.textContent;
  }).join("");
}

const prefixed = (text, first, others) =>
  text && text.split("\n").map((line, index) => (index ? others : first) + line).join("\n");
