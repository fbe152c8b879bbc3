import { gettext } from "../lib/i18n.js";
import { confirmDialog } from "../ui/confirm_dialog.js";

export const NEEDS_NO_ANSWER = new Set(["unmute", "unban"]);
const SHORT = "600"; // seconds: the form of bans from everywhere does not have them
const USUAL = { mute: "3600", ban: "604800" };

/** By act: the title, what happens, the button, and a button that looks dangerous. */
const texts = {
  delete: ({ name }) => [
    gettext("Delete this message of %(name)s?", { name }),
    gettext("The text is removed for everyone, who see that a moderator did it. You cannot undo this."),
    gettext("Delete"),
  ],
  delete_latest: ({ name }) => [
    gettext("Delete what %(name)s wrote in the last hour?", { name }),
    gettext("Up to 500 messages of this person from the last hour in this room are removed for everyone. You cannot undo this."),
    gettext("Delete all"),
  ],
  mute: ({ name }) => [
    gettext("Mute %(name)s?", { name }),
    gettext("They can read here and not write, and are told until when, and why."),
    gettext("Mute"),
  ],
  ban: ({ name, kind }) => [
    gettext("Ban %(name)s?", { name }),
    kind === "open"
      ? gettext("They can no longer open this room, and are told until when, and why.")
      : gettext("They are removed from this room, and cannot come back until the time is over."),
    gettext("Ban"),
  ],
  remove: ({ name }) => [
    gettext("Remove %(name)s from this room?", { name }),
    gettext("They can come back when they are added again, or by an invite."),
    gettext("Remove"),
  ],
};

/**
 * Asks how long, and why.
 * @param {string} act
 * @param {import("./acts.js").Subject} subject
 * @returns {Promise<{fields?: object, mute?: object}>} fields of the form, and those of a mute beside; none if nothing
 *   is to be done
 */
export async function askForAct(act, subject) {
  const dialog = document.querySelector("[data-moderation-dialog]");
  const form = dialog.querySelector("form");
  form.reset();
  form.elements.why.value = subject.why ?? "";
  form.elements.seconds.value = USUAL[act] ?? USUAL.mute;
  const where = startWithRoom(dialog, form, act, subject);
  const show = () => showAct(dialog, form, act, subject, where());
  form.onchange = show;
  show();
  if (!(await confirmDialog(dialog))) {
    return {};
  }
  const why = form.elements.why.value;
  const timed = { why, seconds: form.elements.seconds.value };
  const isTimed = act === "mute" || act === "ban";
  const fields = { ...(isTimed ? timed : { why }), ...(where() && { everywhere: true }) };
  return { fields, mute: form.elements.mute.checked && timed };
}

/** Offers the choice to operators who may ban here. @returns {() => boolean} whether everywhere is chosen */
function startWithRoom(dialog, form, act, { kept }) {
  const choice = dialog.querySelector("[data-moderation-where]");
  if (!choice || act !== "ban") {
    choice && (choice.hidden = true);
    return () => false;
  }
  choice.hidden = !kept;
  form.elements.where.value = kept ? "room" : "everywhere";
  return () => form.elements.where.value === "everywhere";
}

function showAct(dialog, form, act, subject, isEverywhere) {
  const [title, text, label] = texts[act](subject);
  const part = (name) => dialog.querySelector(`[data-moderation="${name}"]`);
  const { seconds } = form.elements;
  part("title").textContent = title;
  part("text").textContent = isEverywhere ? everywhereText(subject) : text;
  part("limit").hidden = act !== "ban" || !subject.guest;
  part("also-mute").hidden = !act.startsWith("delete");
  part("time").hidden = !(["mute", "ban"].includes(act) || form.elements.mute.checked);
  dialog.querySelectorAll("[data-author]").forEach((node) => (node.textContent = subject.name));
  part("confirm").textContent = label;
  for (const option of seconds.options) {
    option.hidden = option.disabled = isEverywhere && option.value === SHORT;
  }
  seconds.selectedOptions[0]?.disabled && (seconds.value = USUAL.ban);
}

const everywhereText = ({ guest }) =>
  guest
    ? gettext("This guest can no longer come in, and neither can other guests from the same network.")
    : gettext("The account cannot be used here until the time is over. If you choose “for good”, it is deactivated, and its rooms go to others.");
