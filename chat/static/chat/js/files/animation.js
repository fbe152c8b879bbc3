import { gettext } from "../lib/i18n.js";
import { button, element, icon } from "../ui/dom.js";

const PLAY = "M8 5v14l11-7z";
const PAUSE = "M9 6v12M15 6v12";
const REDUCED_MOTION = matchMedia("(prefers-reduced-motion: reduce)");

const byPlace = new WeakMap();
const shown = new Set();
const inView = new IntersectionObserver(
  (entries) => entries.forEach(({ target, isIntersecting }) => byPlace.get(target)?.setInView(isIntersecting)),
  { threshold: 0.25 },
);
document.addEventListener("visibilitychange", () => shown.forEach((it) => it.update()));
REDUCED_MOTION.addEventListener("change", () => shown.forEach((it) => it.update()));

/**
 * Lays the moving picture over its still preview: while it is in view on a visible page, and neither the reader nor their
 * system wants it to stand still.
 */
export class Animation {
  #place;
  #file;
  #toggle;
  #moving = null;
  #isInView = false;
  #isWanted = null; // what the reader has pressed; null: nothing yet

  /** @param {HTMLElement} place  of the picture  @param {import("../net/protocol.js").SentFile} file */
  constructor(place, file) {
    this.#place = place;
    this.#file = file;
    this.#toggle = button("", () => this.#onToggle(), "picture-play");
    place.append(this.#toggle);
    byPlace.set(place, this);
    shown.add(this);
    inView.observe(place);
    this.update();
  }

  /** @param {boolean} isInView */
  setInView(isInView) {
    this.#isInView = isInView;
    this.update();
  }

  update() {
    this.#place.isConnected || shown.delete(this);
    const plays = this.#isInView && !document.hidden && this.#isOn;
    plays ? this.#play() : this.#stop();
    this.#toggle.ariaLabel = this.#isOn ? gettext("Pause the picture") : gettext("Play the picture");
    this.#toggle.replaceChildren(icon(this.#isOn ? PAUSE : PLAY));
  }

  remove() {
    inView.unobserve(this.#place);
    shown.delete(this);
    this.#toggle.remove();
    this.#stop();
  }

  get #isOn() {
    return this.#isWanted ?? !REDUCED_MOTION.matches;
  }

  #onToggle() {
    this.#isWanted = !this.#isOn;
    this.update();
  }

  #play() {
    if (!this.#moving) {
      this.#moving = element("img", "picture-moving");
      this.#moving.alt = ""; // the preview has the words
      this.#moving.src = this.#file.url;
      this.#place.querySelector(".picture-open").append(this.#moving);
    }
  }

  #stop() {
    this.#moving?.remove();
    this.#moving = null;
  }
}
