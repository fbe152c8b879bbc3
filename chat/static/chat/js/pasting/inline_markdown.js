import { codeMarks, escapedLabel, escapedUrl } from "../composer/markdown_editing.js";

/**
 * A text with one format.
 * @typedef {{text: string, href?: string, spoiler?: boolean, strike?: boolean, bold?: boolean, italic?: boolean,
 *   code?: boolean}} Run
 */

const FORMATS = ["href", "spoiler", "strike", "bold", "italic", "code"]; // from the outside in
const MARKS = { spoiler: "||", strike: "~~", bold: "**" };

/** The formats that may say nothing, because all of the text has them. */
export const PLAIN_FORMATS = ["strike", "bold", "italic", "code"];

/**
 * Writes runs of text as Markdown.
 * @param {Run[]} runs
 * @returns {string}
 */
export const inlineMarkdown = (runs) => trimLines(write(collapseSpaces(runs), FORMATS));

/** Spaces are collapsed across runs, as a browser shows them. */
function collapseSpaces(runs) {
  let before = "\n";
  return runs.map((run) => {
    const spaced = run.text.replace(/\u00a0/g, " ");
    const text = /\s$/.test(before) ? spaced.replace(/^ +/, "") : spaced;
    before = text || before;
    return { ...run, text };
  });
}

const trimLines = (text) => text.split("\n").map((line) => line.trim()).join("\n").trim();

function write(runs, [format, ...inner]) {
  if (!format) {
    return runs.map(({ text }) => text).join("");
  }
  const groups = groupBy(runs, format);
  const texts = groups.map((group) => write(group, inner));
  return texts.map((text, index) => {
    const value = groups[index][0][format];
    return value ? marked(text, format, value, [texts[index - 1], texts[index + 1]]) : text;
  }).join("");
}

/** Neighbours with the same format form a group. */
function groupBy(runs, format) {
  const groups = [];
  for (const run of runs) {
    const last = groups.at(-1);
    last && (last[0][format] ?? false) === (run[format] ?? false) ? last.push(run) : groups.push([run]);
  }
  return groups;
}

/** Marks do not stand beside spaces: these move out of them. */
function marked(text, format, value, [before = "", after = ""]) {
  const inner = text.trim();
  if (!inner) {
    return text;
  }
  const start = text.slice(0, text.length - text.trimStart().length);
  const end = text.slice(start.length + inner.length);
  const isInWord = (/[\p{L}\p{N}]$/u.test(before) && !start) || (/^[\p{L}\p{N}]/u.test(after) && !end);
  return start + withMarks(inner, format, value, isInWord) + end;
}

function withMarks(text, format, value, isInWord) {
  if (format === "href") {
    return link(text, value);
  }
  if (format === "italic") {
    return isInWord ? `*${text}*` : `_${text}_`;
  }
  const [open, close] = format === "code" ? codeMarks(text) : [MARKS[format], MARKS[format]];
  return open + text + close;
}

function link(label, url) {
  const isAddress = comparable(label) === comparable(url);
  return isAddress ? url : `[${escapedLabel(label.replace(/\s+/g, " "))}](${escapedUrl(url)})`;
}

const comparable = (url) => url.replace(/^(https?:\/\/|mailto:)(www\.)?|\/$/g, "").toLowerCase();
