import { gettext } from "../../lib/i18n.js";
import { timeOrDate } from "../../lib/time.js";
import { setText } from "../../ui/dom.js";
import { Gallery } from "./gallery.js";
import { enableStageGestures } from "./gestures.js";
import { buildLightbox } from "./lightbox_parts.js";
import { openedImage } from "./opened_image.js";
import { Zoom } from "./zoom.js";

const REDUCED_MOTION = matchMedia("(prefers-reduced-motion: reduce)");
const MOVE_PX = 80; // of a zoomed picture, by an arrow key

/** Shows the pictures of the timeline one by one over the page. Escape closes it, as does Android's Back. */
export class Lightbox {
  #parts = buildLightbox({
    close: () => this.#parts.dialog.close(),
    go: (step) => this.#go(step),
    zoomIn: () => this.#zoom.in(),
    zoomOut: () => this.#zoom.out(),
    play: () => this.#show(!this.#moves),
  });
  #zoom = new Zoom(this.#parts.stage, (scale) => this.#onZoom(scale));
  #gallery;
  #moves = false; // whether a moving picture moves

  /** @param {(list: HTMLElement) => import("../../net/protocol.js").SentFile[]} picturesOf  a list in a message */
  constructor(picturesOf) {
    const { dialog, stage } = this.#parts;
    this.#gallery = new Gallery(picturesOf);
    dialog.addEventListener("keydown", (event) => this.#onKeyDown(event));
    dialog.addEventListener("close", () => this.#onClose());
    enableStageGestures(stage, this.#zoom, { go: (step) => this.#go(step), close: () => dialog.close() });
    document.body.append(dialog);
  }

  /** @param {HTMLElement} place  of the first picture */
  open(place) {
    this.#gallery.start(place);
    this.#parts.dialog.showModal();
    this.#show(!REDUCED_MOTION.matches);
  }

  #go(step) {
    if (!this.#gallery.picture) {
      this.#parts.dialog.close(); // it was deleted
    } else if (this.#gallery.go(step)) {
      this.#show(!REDUCED_MOTION.matches);
    }
  }

  #show(moves) {
    const { stage, previous, next, zoomOut, play } = this.#parts;
    const { picture } = this.#gallery;
    const image = openedImage(picture, moves);
    this.#moves = moves;
    stage.querySelector("img")?.remove();
    stage.append(image);
    this.#zoom.start(image);
    this.#showWords(picture);
    this.#enable(previous, this.#gallery.near(-1));
    this.#enable(next, this.#gallery.near(1));
    this.#enable(zoomOut, false);
    play.hidden = !picture.animated;
    setText(play, moves ? gettext("Pause") : gettext("Play"));
    [1, -1].forEach((step) => this.#preload(this.#gallery.near(step)));
  }

  #showWords(picture) {
    const { caption, author, time, download, status } = this.#parts;
    const { number, count } = this.#gallery.position;
    const { message } = this.#gallery;
    const name = message.querySelector(".message-author").textContent;
    const { dateTime } = message.querySelector(".message-time");
    const words = picture.alt || picture.name;
    setText(caption, words);
    setText(author, name);
    setText(time, timeOrDate(new Date(dateTime)));
    time.dateTime = dateTime;
    download.href = `${picture.url}?download=1`;
    download.download = picture.name;
    download.hidden = picture.url.startsWith("blob:");
    setText(status, gettext("Picture %(number)s of %(count)s: %(text)s. From %(name)s", { number, count, text: words, name }));
  }

  /** A button that is off loses the focus: the dialog keeps it. */
  #enable(button, isOn) {
    const hadFocus = document.activeElement === button;
    button.disabled = !isOn;
    hadFocus && !isOn && this.#parts.dialog.focus();
  }

  #preload(picture) {
    if (picture && !picture.animated) {
      openedImage(picture, false);
    }
  }

  #onZoom(scale) {
    const { stage, zoomOut } = this.#parts;
    stage.querySelector("img").sizes &&= `${Math.ceil(scale * 100)}vw`; // more pixels, where there are more
    this.#enable(zoomOut, this.#zoom.isZoomed);
  }

  #onKeyDown(event) {
    const { ctrlKey, metaKey, altKey, key } = event;
    const forward = this.#parts.stage.matches(":dir(ltr)") ? 1 : -1;
    const across = (side) => (this.#zoom.isZoomed ? this.#zoom.move(-side * MOVE_PX, 0) : this.#go(side * forward));
    const keys = {
      ArrowLeft: () => across(-1),
      ArrowRight: () => across(1),
      ArrowUp: () => this.#zoom.move(0, MOVE_PX),
      ArrowDown: () => this.#zoom.move(0, -MOVE_PX),
      "+": () => this.#zoom.in(),
      "=": () => this.#zoom.in(),
      "-": () => this.#zoom.out(),
      0: () => this.#zoom.reset(),
    };
    if (Object.hasOwn(keys, key) && !ctrlKey && !metaKey && !altKey) {
      event.preventDefault();
      keys[key]();
    }
  }

  #onClose() {
    this.#parts.stage.querySelector("img")?.remove(); // and its bytes
    const opener = this.#gallery.place?.querySelector(".picture-open");
    opener?.isConnected && opener.focus();
  }
}
