import { TOUCH } from "../keyboard/virtual_keyboard.js";
import { gettext } from "../lib/i18n.js";
import { button, element } from "../ui/dom.js";
import { enableMenuKeys, openBeside } from "../ui/popover.js";

/** Lets people choose files; on a touch screen, also take a picture. */
export class AttachMenu {
  #onChoose;
  #menu = newMenu();
  #input = null; // kept, or it may be gone before something is chosen

  /** @param {(files: File[]) => void} onChoose */
  constructor(onChoose) {
    this.#onChoose = onChoose;
    this.#menu.append(
      menuItem(gettext("Choose files"), () => this.#choose({})),
      menuItem(gettext("Take a picture"), () => this.#choose({ accept: "image/*", capture: "environment" })),
    );
    enableMenuKeys(this.#menu);
    this.#menu.addEventListener("click", () => this.#menu.hidePopover());
    document.querySelector("main").append(this.#menu);
  }

  /** @param {HTMLElement} anchor  the button */
  open(anchor) {
    if (TOUCH.matches) {
      openBeside(this.#menu, anchor);
      this.#menu.querySelector("button").focus();
    } else {
      this.#choose({});
    }
  }

  #choose(attributes) {
    const input = Object.assign(element("input"), { type: "file", multiple: true });
    Object.entries(attributes).forEach(([name, value]) => input.setAttribute(name, value));
    input.addEventListener("change", () => this.#onChoose([...input.files]));
    this.#input = input;
    this.#input.click();
  }
}

function newMenu() {
  const menu = element("div", "popover menu");
  menu.popover = "auto";
  menu.role = "menu";
  menu.ariaLabel = gettext("Attach");
  return menu;
}

function menuItem(label, onClick) {
  const item = button(label, onClick);
  item.role = "menuitem";
  return item;
}
