/** @typedef {import("./protocol.js").Message} Message */

const PAGE_MESSAGES = 50;
const SCROLL_MESSAGES = 100; // a page while scrolling

let waiting = 0;
let learnReacted = () => {};

/** Fetches a room's history over HTTP. */
export const historyApi = {
  latest: () => get({ limit: PAGE_MESSAGES }),
  before: (seq) => get({ before: seq, limit: SCROLL_MESSAGES }),
  after: (seq) => get({ after: seq, limit: SCROLL_MESSAGES }),
  around: (seq) => get({ around: seq, limit: PAGE_MESSAGES }),
  bySeqs: (seqs) => get({ seqs: seqs.join() }),

  /** Whether an answer is awaited, which may be older than what the socket brings meanwhile. */
  get isWaiting() {
    return waiting > 0;
  },

  /** @param {(reacted: {seq: number, emoji: string}) => void} onReacted  about reactions of mine */
  listen(onReacted) {
    learnReacted = onReacted;
  },
};

/** The server refused a request. `retryMs` is when to repeat it, if the server said so. */
class HistoryError extends Error {
  constructor({ status, headers }) {
    super(status);
    this.retryMs = Number(headers.get("Retry-After")) * 1_000 || null;
  }
}

/**
 * A page may hold fewer messages than asked for: large ones. `more` says whether there are older messages; asked by
 * seqs, whether the last ones did not fit.
 * @returns {Promise<{messages: Message[], more: boolean, newer?: boolean}>}
 */
async function get(query) {
  waiting += 1;
  try {
    const response = await fetch(`messages?${new URLSearchParams(query)}`);
    if (!response.ok) {
      throw new HistoryError(response);
    }
    const page = await response.json();
    page.reacted?.forEach(learnReacted);
    return page;
  } finally {
    setTimeout(() => (waiting -= 1)); // once the page is put
  }
}
