import { gettext } from "../lib/i18n.js";
import { isMe } from "../people/is_me.js";

/** By type of event, of a role by the role. Each says it of others, of me, and of me and others. */
const OF_PEOPLE = {
  made: [
    (values) => gettext("made this room with %(people)s", values),
    () => gettext("made this room with you"),
    (values) => gettext("made this room with you and %(people)s", values),
  ],
  added: [
    (values) => gettext("added %(people)s", values),
    () => gettext("added you"),
    (values) => gettext("added you and %(people)s", values),
  ],
  removed: [
    (values) => gettext("removed %(people)s", values),
    () => gettext("removed you"),
    (values) => gettext("removed you and %(people)s", values),
  ],
  owner: [(values) => gettext("made %(people)s an owner", values), () => gettext("made you an owner")],
  moderator: [(values) => gettext("made %(people)s a moderator", values), () => gettext("made you a moderator")],
  member: [
    (values) => gettext("made %(people)s a member without further rights", values),
    () => gettext("made you a member without further rights"),
  ],
};

const OTHERS = {
  renamed: (event) => gettext("changed their name from %(from)s to %(to)s", event),
  joined: () => gettext("came in by an invite"),
  left: () => gettext("left the room"),
  room_renamed: (event) => gettext("renamed the room from %(from)s to %(to)s", event),
  became_members: (event) => gettext("made this a members room with the name %(to)s", event),
  archived: () => gettext("archived the room"),
  unarchived: () => gettext("opened the room again"),
};

/**
 * What happened, after the name of a person; an event of a newer server as that says it.
 * @param {import("../net/protocol.js").Message} message
 * @param {{id: string}} me
 */
export function eventText({ event, text }, me) {
  const people = event.people ?? [];
  const others = people.filter((person) => !isMe(person, me)).map(({ name }) => name);
  const isOfMe = others.length < people.length;
  const sentences = known(OF_PEOPLE, event.role ?? event.type);
  if (event.type === "made" && !people.length) {
    return gettext("made this room");
  }
  const sentence = sentences?.[!isOfMe ? 0 : others.length ? 2 : 1] ?? known(OTHERS, event.type);
  return sentence?.({ ...event, people: others }) ?? text;
}

const known = (table, key) => (Object.hasOwn(table, key) ? table[key] : undefined);
