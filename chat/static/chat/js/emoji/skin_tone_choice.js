import { gettext } from "../lib/i18n.js";
import { button } from "../ui/dom.js";
import { enableArrowKeys } from "../ui/popover.js";
import { skinTone, TONES } from "./skin_tone.js";

const HAND = "✋";
const NAMES = [
  gettext("No skin tone"),
  gettext("Light skin tone"),
  gettext("Medium-light skin tone"),
  gettext("Medium skin tone"),
  gettext("Medium-dark skin tone"),
  gettext("Dark skin tone"),
];

/** The button in the picker that shows the skin tone, and opens a row of hands to choose another. */
export class SkinToneChoice {
  #button = document.querySelector("[data-emoji-tone]");
  #row = document.querySelector("[data-emoji-tones]");
  #onChange;

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#row.replaceChildren(...TONES.map((tone, index) => this.#newHand(tone, NAMES[index])));
    this.#button.addEventListener("click", () => this.#toggle(this.#row.hidden));
    this.#row.addEventListener("keydown", (event) => event.key === "Escape" && this.#onEscape(event));
    enableArrowKeys(this.#row);
    this.#update();
  }

  #newHand(tone, name) {
    const hand = button(HAND + tone, () => this.#choose(tone), "emoji-choice");
    hand.title = hand.ariaLabel = name;
    return hand;
  }

  #choose(tone) {
    skinTone.chosen = tone;
    this.#update();
    this.#toggle(false);
    this.#onChange();
  }

  #onEscape(event) {
    event.preventDefault(); // closes only the row
    this.#toggle(false);
  }

  #toggle(isOpen) {
    this.#row.hidden = !isOpen;
    this.#button.ariaExpanded = String(isOpen);
    (isOpen ? this.#row.querySelector("[aria-pressed=true]") : this.#button).focus();
  }

  #update() {
    const chosen = TONES.indexOf(skinTone.chosen);
    this.#button.textContent = HAND + TONES[chosen];
    this.#button.title = this.#button.ariaLabel = gettext("Skin tone: %(tone)s", { tone: NAMES[chosen] });
    [...this.#row.children].forEach((hand, index) => (hand.ariaPressed = String(index === chosen)));
  }
}
