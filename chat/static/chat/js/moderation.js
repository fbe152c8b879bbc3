// Moderation of a room: a script of its own, loaded for those who moderate, and where not everybody may write at once.
import { perform } from "./moderation/acts.js";
import { ComposerState } from "./moderation/composer_state.js";
import { askForAct, NEEDS_NO_ANSWER } from "./moderation/moderation_dialog.js";
import { actOf } from "./moderation/typed_acts.js";
import { keepsRooms } from "./people/is_me.js";
import { gettext } from "./lib/i18n.js";

/** @typedef {import("./moderation/acts.js").Subject} Subject */

/**
 * Asks once, and does it.
 * @param {string} act
 * @param {Subject} subject
 * @param {import("./room_page/model.js").Model} model
 * @param {import("./ui/toast.js").Toast} toast
 */
export async function askFirst(act, subject, { me, room, timeline }, toast) {
  const known = { guest: timeline.isGuest(subject), kept: keepsRooms(me), kind: room.kind, ...subject };
  const { fields, mute } = NEEDS_NO_ANSWER.has(act) ? { fields: {} } : await askForAct(act, known);
  fields && (await perform(act, known, fields, room, toast));
  mute && (await perform("mute", known, mute, room, toast));
}

/**
 * Does what a command says.
 * @param {{name: string, argument: string}} command
 * @param {import("./room_page/model.js").Model} model
 * @param {import("./ui/toast.js").Toast} toast
 * @returns {Promise<?string>} why not, if so
 */
export async function runTyped(command, model, toast) {
  if (!keepsRooms(model.me)) {
    return gettext("Only moderators can use /%(name)s.", { name: command.name });
  }
  const { act, subject = {}, fields, detail } = actOf(command, model);
  if (detail) {
    return detail;
  }
  if (act === "remove") {
    askFirst(act, { ...subject, why: fields.why }, model, toast);
    return null;
  }
  return perform(act, subject, fields, model.room, toast, { isTyped: true });
}

/** Shows in the composer whether I may write. @param {{muted: ?object}} me  @param {{locked: boolean}} room */
export const createComposerState = (me, room) => new ComposerState(me, room);
