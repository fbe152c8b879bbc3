import { gettext } from "../lib/i18n.js";
import { button, element, icon } from "../ui/dom.js";

const BACK = "M11 6l-6 6 6 6M5 12h14";
const CROSS = "M6 6l12 12M18 6L6 18";

/** The bar above the messages that leads back to what was found. */
export class BackBar {
  #bar = null;

  /** @param {{onBack: () => void, onDismiss: () => void}} listeners */
  show({ onBack, onDismiss }) {
    this.hide();
    const arrow = icon(BACK);
    arrow.classList.add("flips-rtl");
    const back = button(arrow, onBack, "quiet-button");
    back.append(gettext("Back to results"));
    const dismiss = button(icon(CROSS), onDismiss, "icon-button");
    dismiss.ariaLabel = dismiss.title = gettext("Close search");
    this.#bar = element("div", "search-back", back, dismiss);
    document.querySelector(".bars").prepend(this.#bar);
  }

  hide() {
    this.#bar?.remove();
    this.#bar = null;
  }
}
