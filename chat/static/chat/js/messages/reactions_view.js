import { button, element } from "../ui/dom.js";
import { gettext, listed, ngettext } from "../lib/i18n.js";

const NAMED = 20; // of those who reacted

/**
 * Shows the reactions to a line; who reacted shows on hover and on focus.
 * @param {HTMLElement} node  of the message
 * @param {import("./types.js").Line} line
 * @param {{id: string}} me
 */
export function showReactions(node, { reactions }, me) {
  let place = node.querySelector(".reactions");
  if (!reactions.length) {
    place?.remove();
    return;
  }
  if (!place) {
    place = element("div", "reactions");
    node.querySelector(".message-body").append(place);
  }
  const chips = new Map([...place.children].map((chip) => [chip.dataset.emoji, chip]));
  const wanted = reactions.map((reaction) => showChip(chips.get(reaction.emoji) ?? newChip(reaction.emoji), reaction, me));
  [...place.children].filter((chip) => !wanted.includes(chip)).forEach((chip) => chip.remove());
  wanted.forEach((chip) => chip.isConnected || place.append(chip));
}

/** Sends away the word on who reacted, until the pointer and the focus have been elsewhere. @returns {boolean} */
export function dismissWho() {
  const chips = [...document.querySelectorAll(".reaction:is(:hover, :focus-visible):not(.is-quiet)")];
  for (const chip of chips) {
    chip.classList.add("is-quiet");
    ["pointerleave", "blur"].forEach((left) => chip.addEventListener(left, () => chip.classList.remove("is-quiet"), { once: true }));
  }
  return chips.length > 0;
}

function newChip(emoji) {
  const chip = button("", () => {}, "reaction");
  chip.dataset.emoji = emoji;
  chip.append(element("span", "reaction-emoji", emoji), element("span", "reaction-count"));
  return chip;
}

function showChip(chip, { emoji, count, people }, me) {
  const isMine = people.some(({ id }) => id === me.id);
  const who = whoReacted(people, count, me);
  chip.ariaPressed = String(isMine);
  chip.ariaLabel = gettext("%(emoji)s %(count)s: %(people)s", { emoji, count, people: who });
  chip.dataset.who = who;
  chip.querySelector(".reaction-count").textContent = count;
  return chip;
}

function whoReacted(people, count, me) {
  const mine = people.some(({ id }) => id === me.id) ? [gettext("You")] : [];
  const others = people.filter(({ id }) => id !== me.id).map(({ name }) => name);
  const names = [...mine, ...others].slice(0, NAMED);
  const more = count - names.length;
  return listed(more > 0 ? [...names, ngettext("%(count)s more", "%(count)s more", more)] : names);
}
