import { isMe } from "../people/is_me.js";

/** The frames and events of `chat.v1`; docs/protocol.md describes each. */

/** Builds the frames a client sends. */
export const frames = {
  send: ({ id, text, kind, replyTo, files = [] }) => ({
    type: "message.send",
    id,
    text,
    ...(replyTo ? { reply_to: replyTo } : {}),
    ...(kind === "text" ? {} : { kind }),
    ...(files.length ? { files: files.map((file) => file.id), alts: Object.fromEntries(files.map((file) => [file.id, file.alt])) } : {}),
  }),
  edit: (id, seq, text, others) => ({ type: "message.edit", id, seq, text, ...others }),
  delete: (id, seq) => ({ type: "message.delete", id, seq }),
  react: (id, seq, emoji, on) => ({ type: "message.react", id, seq, emoji, on }),
  typing: (on) => ({ type: "typing", ...(on ? {} : { on }) }),
  read: (seq) => ({ type: "read", seq }),
  rooms: () => ({ type: "rooms" }),
  ack: (version) => ({ type: "ack", version }),
};

/** Server events of soft state: not stored, and they may be lost. */
export const SOFT_EVENTS = ["presence", "typing", "read", "rooms", "news", "room", "people", "you", "reports", "rejected"];

/** The types of all server events. Unknown ones come from a newer server and are ignored. */
export const EVENTS = ["hello", "message", "change", "reacted", "error", ...SOFT_EVENTS];

/** Whether this is a message as posted, not a later change, and no event. @param {Message} message */
export const isPost = ({ seq, version, kind }) => seq === version && kind !== "event";

/** Whether a message mentions me: by name, by @room, or by a reply. @param {Message} message  @param {Person} me */
export const mentionsPerson = ({ mentions = [] }, me) => mentions.some((id) => id === "room" || isMe({ id }, me));

/** Whether a message of a room counts as a mention: in a direct room, each does. @param {Message} message  @param {Person} me */
export const isForMe = (message, me, { kind }) => kind === "direct" || mentionsPerson(message, me);

/** Whether a message mentions me by a reply alone. @param {Message} message  @param {Person} me */
export const repliesTo = ({ reply_to: replyTo, mentions = [], html = "" }, me) => {
  const mine = mentions.filter((id) => isMe({ id }, me));
  return Boolean(replyTo) && mine.length > 0 && !mine.some((id) => html.includes(id));
};

/**
 * @typedef {{id: string, name: string, picture?: string}} Person
 *
 * @typedef {object} Message  the state of one message
 * @property {number} seq
 * @property {number} version
 * @property {string} id
 * @property {Person & {guest: boolean, former?: boolean, bot?: boolean}} author
 * @property {string} text
 * @property {string} [html]  where it differs from the text
 * @property {"text"|"action"|"topic"|"event"} [kind]
 * @property {{type: string}} [event]  what happened
 * @property {string[]} [mentions]  ids of members, and "room"
 * @property {SentFile[]} [files]
 * @property {string} sent_at
 * @property {?string} edited_at
 * @property {boolean} deleted
 * @property {?number} reply_to
 * @property {{emoji: string, count: number, people: Person[]}[]} reactions
 * @property {SentFile[]} [files]
 * @property {LinkCard} [card]
 *
 * @typedef {object} LinkCard  what the page of the first link says about itself; plain texts
 * @property {string} url
 * @property {string} title
 * @property {string} text
 * @property {string} site
 * @property {{url: string, width: number, height: number}} [picture]
 *
 * @typedef {object} SentFile
 * @property {string} id  as its sender chose it
 * @property {string} name
 * @property {string} type  a media type
 * @property {number} size  in bytes
 * @property {?number} width  of a picture, in pixels
 * @property {?number} height
 * @property {string} url
 * @property {boolean} [animated]
 * @property {string} [alt]  what a picture shows
 * @property {string} [head]  the first lines of a text
 * @property {number} [progress]  of a file on its way: how much has arrived, from 0 to 1
 *
 * @typedef {object} Change  what has changed of a message since its version `base`
 * @property {number} seq
 * @property {number} version
 * @property {number} base
 * @property {{emoji: string, count: number, added?: Person[], removed?: string[]}[]} reactions
 *
 * @typedef {object} ListedRoom  an entry of the sidebar
 * @property {string} id  stays the same when the room is renamed
 * @property {string} name
 * @property {string} topic
 * @property {?string} posted_at
 * @property {boolean} muted
 * @property {number} seq  of the last message the counts include
 * @property {number} read
 * @property {number} unread
 * @property {number} mentions
 */
