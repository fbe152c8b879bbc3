import { gettext } from "../lib/i18n.js";
import { markAmong } from "../people/lookalikes.js";
import { button, element } from "../ui/dom.js";
import { enableMenuKeys, openBeside } from "../ui/popover.js";

/**
 * The people whom a pressed element shows: the author of a message, the person of a row, or all whom a mention reaches.
 * @param {HTMLElement} pressed
 * @param {import("../room_page/model.js").Model} model
 * @param {import("../timeline/timeline_view.js").TimelineView} view
 * @returns {{id: string, name: string}[]}
 */
export function pressedPeople(pressed, { me, people, timeline }, view) {
  const shown = pressed.closest("[data-member], .message");
  const ids = shown.dataset.member?.split(" ");
  const person = (id) => people.present.find((it) => it.id === id) ?? { id, name: nameIn(pressed) };
  const found = ids?.map(person) ?? [view.messageOf(shown)?.author ?? me];
  return found.map((it) => ({ ...it, name: timeline.nameOf(it) }));
}

const nameIn = (pressed) => (pressed.querySelector(".people-name") ?? pressed).textContent.replace(/^[@＠﹫]/, "");

/**
 * Calls a function with the person; asks which one, if there are several of one name.
 * @param {{id: string, name: string}[]} persons
 * @param {HTMLElement} anchor
 * @param {(person: {id: string, name: string}) => void} open
 */
export function chooseOne(persons, anchor, open) {
  persons.length > 1 ? openMenu(persons, anchor, open) : persons.forEach(open);
}

function openMenu(persons, anchor, open) {
  const ids = persons.map(({ id }) => id);
  const items = persons.map((person) => newItem(person, ids, () => (menu.hidePopover(), open(person))));
  const menu = element("div", "popover menu", ...items);
  Object.assign(menu, { popover: "auto", role: "menu", ariaLabel: gettext("People of this name") });
  menu.addEventListener("toggle", ({ newState }) => newState === "closed" && menu.remove());
  document.body.append(menu);
  enableMenuKeys(menu);
  openBeside(menu, anchor);
  items[0].focus();
}

function newItem({ id, name }, ids, onClick) {
  const node = button(element("bdi", "", name), onClick);
  node.role = "menuitem";
  node.append(` ${markAmong(id, ids.filter((it) => it !== id))}`);
  return node;
}
