/**
 * @typedef {object} State  a text and its selection
 * @property {string} text
 * @property {number} start
 * @property {number} end
 */

const URL_PATTERN = /^https?:\/\/\S+$/i;
const ITEM = /^(?<quote>(?:> )*)(?:(?<indent>\s*)(?<marker>[-*]|\d{1,9}[.)])(?<gap>[ \t]+))?/;
const FENCED = /^(`{3,})[^\n`]*\n(?<code>[^]*)\n\1$/;

/**
 * Puts a mark (`**`, `_` or a backtick) around the selection, or removes it. Code of several lines becomes a block.
 * @param {State} state
 * @param {string} mark
 * @returns {State}
 */
export function toggleMark(state, mark) {
  const selected = selection(state);
  if (mark === "`" && selected.includes("\n")) {
    return toggleCodeBlock(state);
  }
  const { text, start, end } = selected.trim() ? trimmed(state) : state;
  const [open, close] = mark === "`" ? codeMarks(selection({ text, start, end })) : [mark, mark];
  if (isWithin(text, start, end, open, close)) {
    return { text: without(text, start, end, open, close), start: start - open.length, end: end - open.length };
  }
  const [innerStart, innerEnd] = [start + mark.length, end - mark.length];
  if (innerStart <= innerEnd && isWithin(text, innerStart, innerEnd, mark, mark)) {
    return { text: without(text, innerStart, innerEnd, mark, mark), start, end: end - 2 * mark.length };
  }
  if (start === end && isBeforeClosingMark(text, start, mark)) {
    return { text, start: start + mark.length, end: start + mark.length };
  }
  return surround({ text, start, end }, open, close);
}

/**
 * Makes the selection a link, and selects the part that is still to be written.
 * @param {State} state
 * @returns {State}
 */
export function makeLink(state) {
  const selected = selection(state);
  if (URL_PATTERN.test(selected)) {
    return select(replace(state, `[text](${escapedUrl(selected)})`), state.start + 1, "text");
  }
  const label = `[${escapedLabel(selected)}](`;
  return select(replace(state, `${label}url)`), state.start + label.length, "url");
}

/**
 * Links the selection to a pasted URL.
 * @param {State} state
 * @param {string} pasted
 * @returns {?State} null if there is nothing to link, or no URL
 */
export function pasteLink(state, pasted) {
  const [selected, url] = [selection(state), pasted.trim()];
  if (!selected.trim() || URL_PATTERN.test(selected) || !URL_PATTERN.test(url)) {
    return null;
  }
  return replace(state, `[${escapedLabel(selected)}](${escapedUrl(url)})`);
}

/**
 * Starts a new line in a list or quote with its marker; in an empty item it ends the list.
 * @param {State} state
 * @returns {?State} null outside of lists and quotes
 */
export function continueList({ text, start, end }) {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const [line] = text.slice(lineStart).split("\n", 1);
  const item = ITEM.exec(line);
  const prefix = item[0].length;
  if (prefix === 0 || start < lineStart + prefix) {
    return null;
  }
  const { quote, indent = "", marker, gap = "" } = item.groups;
  if (prefix === line.length) {
    return replace({ text, start: lineStart, end: lineStart + prefix }, marker ? quote : "");
  }
  return replace({ text, start, end }, `\n${quote}${indent}${marker ? nextMarker(marker) : ""}${gap}`);
}

const nextMarker = (marker) => marker.replace(/\d+/, (number) => Number(number) + 1);

function toggleCodeBlock(state) {
  const { text, start } = state;
  const end = selection(state).endsWith("\n") ? state.end - 1 : state.end;
  const code = text.slice(start, end);
  const fenced = FENCED.exec(code);
  if (fenced) {
    return select(replace({ text, start, end }, fenced.groups.code), start, fenced.groups.code);
  }
  const fence = fenceFor(code);
  const [open, close] = [`${fence}\n`, `\n${fence}`];
  if (isWithin(text, start, end, open, close)) {
    return { text: without(text, start, end, open, close), start: start - open.length, end: end - open.length };
  }
  const before = start > 0 && text[start - 1] !== "\n" ? "\n" : "";
  const after = end < text.length && text[end] !== "\n" ? "\n" : "";
  return surround({ text, start, end }, before + open, close + after);
}

/** Code that contains backticks is marked by more of them (CommonMark 0.31, 6.1). @returns {[string, string]} */
export function codeMarks(code) {
  const inside = longestRun(code);
  const mark = "`".repeat(inside + 1);
  return inside ? [`${mark} `, ` ${mark}`] : [mark, mark];
}

/** A fence that does not occur in the code. @param {string} code */
export const fenceFor = (code) => "`".repeat(Math.max(3, longestRun(code) + 1));

const longestRun = (code) => Math.max(0, ...(code.match(/`+/g) ?? []).map(({ length }) => length));

/** Whether marks surround a part of a text. One underscore of `__bold__` is no mark. */
function isWithin(text, start, end, open, close) {
  const [before, after] = [text.slice(0, start), text.slice(end)];
  if (!before.endsWith(open) || !after.startsWith(close)) {
    return false;
  }
  const [[left], [right]] = [/([^])\1*$/.exec(before), /^([^])\1*/.exec(after)];
  return open.length > 1 || Math.min(left.length, right.length) % 2 === 1;
}

/** Whether the caret is before a closing mark. Pressing the key of the mark again then moves behind it. */
function isBeforeClosingMark(text, caret, mark) {
  return text.startsWith(mark, caret) && isAfterOpenMark(text, caret, mark);
}

/** Whether the caret's line has an odd number of marks before it. */
export function isAfterOpenMark(text, caret, mark) {
  const line = text.slice(text.lastIndexOf("\n", caret - 1) + 1, caret);
  return line.split(mark).length % 2 === 0;
}

const without = (text, start, end, open, close) =>
  text.slice(0, start - open.length) + text.slice(start, end) + text.slice(end + close.length);

function surround({ text, start, end }, open, close) {
  const marked = text.slice(0, start) + open + text.slice(start, end) + close + text.slice(end);
  return { text: marked, start: start + open.length, end: end + open.length };
}

function replace({ text, start, end }, replacement) {
  const caret = start + replacement.length;
  return { text: text.slice(0, start) + replacement + text.slice(end), start: caret, end: caret };
}

const select = (state, start, part) => ({ ...state, start, end: start + part.length });
const selection = ({ text, start, end }) => text.slice(start, end);

function trimmed({ text, start, end }) {
  const selected = text.slice(start, end);
  const from = start + selected.length - selected.trimStart().length;
  return { text, start: from, end: from + selected.trim().length };
}

/** @param {string} label  of a link */
export const escapedLabel = (label) => label.replace(/[[\]]/g, "\\$&");
/** @param {string} url  of a link in Markdown */
export const escapedUrl = (url) => url.replace(/[()]/g, (it) => (it === "(" ? "%28" : "%29"));
