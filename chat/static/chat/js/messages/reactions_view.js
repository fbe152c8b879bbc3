import { formatList, gettext, ngettext } from "../lib/i18n.js";
import { isMe } from "../people/is_me.js";
import { button, element } from "../ui/dom.js";

const MAX_NAMES = 20;

/**
 * Shows the reactions to a message. A tooltip shows who reacted, on hover and on focus.
 * @param {HTMLElement} node  of the message
 * @param {import("./message_presenter.js").DisplayedMessage} message
 * @param {{id: string}} me
 */
export function showReactions(node, { reactions }, me) {
  let list = node.querySelector(".reactions");
  if (!reactions.length) {
    list?.remove();
    return;
  }
  if (!list) {
    list = element("div", "reactions");
    node.querySelector(".message-body").append(list);
  }
  const chips = new Map([...list.children].map((chip) => [chip.dataset.emoji, chip]));
  const chipOf = ({ emoji }) => chips.get(emoji) ?? newChip(emoji);
  const wanted = reactions.map((reaction) => showChip(chipOf(reaction), reaction, me));
  [...list.children].filter((chip) => !wanted.includes(chip)).forEach((chip) => chip.remove());
  wanted.forEach((chip) => chip.isConnected || list.append(chip));
}

/** Hides the tooltip until the pointer and the focus have left. @returns {boolean} whether one was shown */
export function hideReactionTooltip() {
  const chips = [...document.querySelectorAll(".reaction:is(:hover, :focus-visible):not(.hides-tooltip)")];
  for (const chip of chips) {
    chip.classList.add("hides-tooltip");
    const show = () => chip.classList.remove("hides-tooltip");
    ["pointerleave", "blur"].forEach((type) => chip.addEventListener(type, show, { once: true }));
  }
  return chips.length > 0;
}

function newChip(emoji) {
  const chip = button("", null, "reaction");
  chip.dataset.emoji = emoji;
  chip.append(element("span", "reaction-emoji", emoji), element("span", "reaction-count"));
  return chip;
}

function showChip(chip, reaction, me) {
  const { emoji, count, isMine } = reaction;
  const names = namesOf(reaction, me);
  chip.ariaPressed = String(isMine);
  chip.ariaLabel = gettext("%(emoji)s %(count)s: %(people)s", { emoji, count, people: names });
  chip.dataset.names = formatList(names);
  chip.querySelector(".reaction-count").textContent = count;
  return chip;
}

function namesOf({ people, count, isMine }, me) {
  const mine = isMine ? [gettext("You")] : [];
  const others = people.filter((person) => !isMe(person, me)).map(({ name, mark }) => `${name} ${mark}`.trimEnd());
  const names = [...mine, ...others].slice(0, MAX_NAMES);
  const more = count - names.length;
  return more > 0 ? [...names, ngettext("%(count)s more", "%(count)s more", more)] : names;
}
