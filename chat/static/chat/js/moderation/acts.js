import { indexPath, roomPath } from "../lib/addresses.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { timeOrDate } from "../lib/time.js";
import { button } from "../ui/dom.js";

/** @typedef {{id?: string, name?: string, guest?: boolean, seq?: number, kept?: boolean, kind?: string, why?: string}} Subject  whom, or what, in a room of which kind */

const UNDOING = {
  mute: ["unmute", gettext("Undo")],
  ban: ["unban", gettext("Lift ban")],
  lock: ["unlock", gettext("Undo")],
};

/**
 * Moderates a room, and says what was done, with a button that undoes it.
 * @param {string} act  of chat/web/moderation/acts.py
 * @param {Subject} subject
 * @param {Object<string, string|number>} fields  of the form
 * @param {{id: ?string, name: string, kind: string}} room
 * @param {import("../ui/toast.js").Toast} toast
 * @param {{isTyped?: boolean}} [options]  whether the caller shows what went wrong
 * @returns {Promise<?string>} what went wrong
 */
export async function perform(act, subject, fields, room, toast, { isTyped = false } = {}) {
  const { everywhere, ...others } = fields;
  const answer = everywhere ? await banEverywhere(subject, others) : await post(act, subject, others, room);
  const detail = answer.detail ?? whyNothing(act, answer, fields);
  if (detail) {
    isTyped || toast.show(detail);
    return detail;
  }
  const said = everywhere ? bannedEverywhere(subject) : saying[act]?.({ ...subject, ...fields, ...answer });
  const [undoing, label] = (!everywhere && UNDOING[act]) || [];
  const undo = undoing && button(label, () => perform(undoing, subject, {}, room, toast));
  said && toast.show(said, undo || null);
  return null;
}

const saying = {
  mute: ({ name, seconds }) =>
    seconds
      ? gettext("%(name)s is muted until %(time)s.", { name, time: timeAfter(seconds) })
      : gettext("%(name)s is muted for good.", { name }),
  unmute: ({ name }) => gettext("%(name)s can write again.", { name }),
  ban: ({ name }) => gettext("%(name)s is banned from this room.", { name }),
  unban: ({ name, who }) => gettext("%(name)s is no longer banned.", { name: name ?? who }),
  remove: ({ name }) => gettext("%(name)s is no longer in this room.", { name }),
  lock: () => gettext("The room is locked: only moderators can write."),
  unlock: () => gettext("The room is unlocked: everybody can write."),
  delete_latest: ({ done: count }) => ngettext("%(count)s message is deleted.", "%(count)s messages are deleted.", count),
};

const bannedEverywhere = ({ name }) => gettext("%(name)s is banned from the installation. You can lift the ban in the log of all rooms.", { name });

const timeAfter = (seconds) => timeOrDate(new Date(Date.now() + seconds * 1_000));

function whyNothing(act, { done }, { who }) {
  if (done !== 0) {
    return null;
  }
  return act === "unban"
    ? gettext("Nobody called “%(name)s” is banned from this room.", { name: who })
    : gettext("There was nothing to delete.");
}

const post = (act, { id, seq }, fields, room) =>
  send(`${roomPath(room)}moderate`, { act, ...(id && { person: id }), ...(seq && { seq }), ...fields });

const banEverywhere = ({ id }, fields) => send(`${indexPath}moderation/block`, { member: id, ...fields });

/** @returns {Promise<{done?: number, detail?: string}>} */
async function send(url, fields) {
  const { value: csrfmiddlewaretoken } = document.querySelector("[name=csrfmiddlewaretoken]");
  const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken });
  try {
    const response = await fetch(url, { method: "POST", headers: { Accept: "application/json" }, body });
    if (response.status === 204) {
      return {};
    }
    const { done, error, errors = {} } = await response.json();
    return response.ok ? { done } : { detail: error?.detail ?? Object.values(errors)[0]?.[0] ?? failed() };
  } catch {
    return { detail: failed() };
  }
}

const failed = () => gettext("That did not work. Try again in a moment.");
