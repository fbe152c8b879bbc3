/** What is said over a room's socket; docs/protocol.md describes each. */

/** What a client sends. */
export const frames = {
  send: ({ id, text, kind, replyTo }) => ({
    type: "message.send",
    id,
    text,
    ...(replyTo ? { reply_to: replyTo } : {}),
    ...(kind === "text" ? {} : { kind }),
  }),
  edit: (id, seq, text) => ({ type: "message.edit", id, seq, text }),
  delete: (id, seq) => ({ type: "message.delete", id, seq }),
  react: (id, seq, emoji, on) => ({ type: "message.react", id, seq, emoji, on }),
  typing: () => ({ type: "typing" }),
  read: (seq) => ({ type: "read", seq }),
  rooms: () => ({ type: "rooms" }),
  ack: (version) => ({ type: "ack", version }),
};

/** What the server sends that is not stored, and may be missing. */
export const SOFT_EVENTS = ["presence", "typing", "read", "rooms", "news"];

/** All that the server sends, by type. Others are from a newer server, and ignored. */
export const EVENTS = ["hello", "message", "error", ...SOFT_EVENTS];

/** Whether a state is that of a message as it was posted, and no later change. @param {Message} message */
export const isPost = ({ seq, version }) => seq === version;

/** Whether a message means somebody, or everybody. @param {Message} message  @param {Person} person */
export const means = ({ mentions = [] }, { id }) => mentions.includes(id) || mentions.includes("room");

/**
 * @typedef {{id: string, name: string}} Person
 *
 * @typedef {object} Message  the state of one message
 * @property {number} seq
 * @property {number} version
 * @property {string} id
 * @property {Person} author
 * @property {string} text
 * @property {string} [html]  where it differs from the text
 * @property {"text"|"action"|"topic"} [kind]
 * @property {string[]} [mentions]  ids of members, and "room"
 * @property {string} sent_at
 * @property {?string} edited_at
 * @property {boolean} deleted
 * @property {?number} reply_to
 * @property {{emoji: string, count: number, people: Person[]}[]} reactions
 *
 * @typedef {object} ListedRoom  one of my rooms
 * @property {string} name
 * @property {string} topic
 * @property {?string} posted_at
 * @property {boolean} muted
 * @property {number} seq  of the last message that is counted
 * @property {number} read
 * @property {number} unread
 * @property {number} mentions
 */
