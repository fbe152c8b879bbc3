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
  const line = characters.slice(0, first).lastIndexOf("\n") + 1;
  const start = wordStart(characters, Math.max(line, first - BEFORE_CHARACTERS), first);
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
  const edges = [...marks.flat().filter((edge) => !overlaps(hidden, edge, edge)), ...hidden.flat()];
  const within = edges.filter((edge) => edge > start && edge < end).sort((one, other) => one - other);
  const cuts = [...new Set([start, ...within, end])];
  return cuts.slice(0, -1).map((first, index) => {
    const last = cuts[index + 1];
    const text = overlaps(hidden, first, last) ? HIDDEN : characters.slice(first, last).join("").replace(/\s+/g, " ");
    return { text, isMarked: overlaps(marks, first, last) };
  });
}

/** Where the spoilers of a text are, in code points. */
const spoilersIn = (text) =>
  [...text.matchAll(/\|\|.+?\|\|/gsu)].map(({ 0: spoiler, index }) => {
    const start = [...text.slice(0, index)].length;
    return [start, start + [...spoiler].length];
  });

/** Whether one of the spans has a part of this one; of a place: has it inside. */
const overlaps = (spans, start, end) => spans.some(([first, last]) => first < end && start < last);
