/** What several modules speak of, and none of them owns. */

/**
 * @typedef {object} Line  what a timeline shows: a message, or a letter on its way to be one
 * @property {{id: string, name: string}} author
 * @property {string} text
 * @property {?string} html
 * @property {"text"|"action"|"topic"} kind
 * @property {Date} at
 * @property {boolean} edited
 * @property {boolean} deleted
 * @property {{emoji: string, count: number, people: {id: string, name: string}[]}[]} reactions
 * @property {?{seq: number, author: string, text: string}} quote  what it answers
 * @property {boolean} meansMe
 * @property {boolean} isFirstNew  since I left off
 * @property {?string} refusal
 * @property {boolean} pending
 */

export {};
