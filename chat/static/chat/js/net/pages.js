/** @typedef {import("./protocol.js").Message} Message */

const PAGE = 50;
const STRETCH = 100; // on the way through it

/** A room's history over HTTP. */
export const pages = {
  latest: () => get({ limit: PAGE }),
  before: (seq) => get({ before: seq, limit: STRETCH }),
  after: (seq) => get({ after: seq, limit: STRETCH }),
  around: (seq) => get({ around: seq, limit: PAGE }),
  at: async (seqs) => (await get({ seqs: seqs.join() })).messages,
};

/** @returns {Promise<{messages: Message[], more: boolean, newer?: boolean}>} */
async function get(query) {
  const response = await fetch(`messages?${new URLSearchParams(query)}`);
  if (!response.ok) {
    throw new Error(response.status);
  }
  return response.json();
}
