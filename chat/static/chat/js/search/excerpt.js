const BEFORE_CHARACTERS = 60; // as in chat/web/search/shown.py
const EXCERPT_CHARACTERS = 240;
const HIDDEN = "▒▒▒";
const SPOILER_HTML = 'class="spoiler"';

/**
 * The part of a message's text around its first mark, on one line. Spoilers stay hidden.
 * @param {{text: string, html?: string}} message
 * @param {[number, number][]} marks  in code points of the text
 * @returns {{text: string, isMarked: boolean}[]}
 */
export function excerptOf({ text, html = "" }, marks) {
  const characters = [...text];
  const first = marks[0]?.[0] ?? 0;
  const line = characters.lastIndexOf("\n", Math.max(0, first - 1)) + 1;
  const lineStart = first === 0 ? 0 : line;
  const start = wordStart(characters, Math.max(lineStart, first - BEFORE_CHARACTERS), first);
  const end = Math.min(characters.length, start + EXCERPT_CHARACTERS);
  const hidden = html.includes(SPOILER_HTML) ? spoilersIn(text) : [];
  const pieces = piecesOf(characters, start, end, marks, hidden);
  return [...(start > 0 ? [plain("…")] : []), ...pieces, ...(end < characters.length ? [plain("…")] : [])];
}

const plain = (text) => ({ text, isMarked: false });

/** The start of the first whole word from there on, if one begins before the mark. */
function wordStart(characters, start, first) {
  if (start === 0 || /\s/.test(characters[start - 1])) {
    return start;
  }
  const space = characters.slice(start, first).findIndex((it) => /\s/.test(it));
  return space < 0 ? start : start + space + 1;
}

/** The text from `start` to `end`, cut where a mark or a spoiler begins or ends. */
function piecesOf(characters, start, end, marks, hidden) {
  const edges = [...marks, ...hidden].flat().filter((edge) => edge > start && edge < end);
  const cuts = [...new Set([start, ...edges, end])].sort((one, other) => one - other);
  const pieces = [];
  let isHiding = false;
  cuts.slice(0, -1).forEach((first, index) => {
    const wasHiding = isHiding;
    isHiding = isIn(hidden, first);
    const text = isHiding ? HIDDEN : characters.slice(first, cuts[index + 1]).join("").replace(/\s+/g, " ");
    isHiding && wasHiding ? null : pieces.push({ text, isMarked: isIn(marks, first) });
  });
  return pieces;
}

/** Where the spoilers of a text are, in code points. */
const spoilersIn = (text) =>
  [...text.matchAll(/\|\|.+?\|\|/gsu)].map(({ 0: spoiler, index }) => {
    const start = [...text.slice(0, index)].length;
    return [start, start + [...spoiler].length];
  });

const isIn = (spans, place) => spans.some(([first, last]) => first <= place && place < last);
