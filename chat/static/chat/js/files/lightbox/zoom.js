const MAX = 8;
const STEP = 1.5;
const CLOSE_UP = 2.5;

/** Enlarges a picture around a point, and moves it, within its stage. */
export class Zoom {
  #stage;
  #onZoom;
  #image = null;
  #scale = 1;
  #x = 0; // px, of the picture's centre from that of the stage
  #y = 0;

  /** @param {HTMLElement} stage  @param {(scale: number) => void} onZoom */
  constructor(stage, onZoom) {
    this.#stage = stage;
    this.#onZoom = onZoom;
  }

  /** @param {HTMLImageElement} image  another one, as large as it fits */
  start(image) {
    this.#image = image;
    this.reset();
  }

  get isZoomed() {
    return this.#scale > 1;
  }

  get scale() {
    return this.#scale;
  }

  in() {
    this.to(this.#scale * STEP);
  }

  out() {
    this.to(this.#scale / STEP);
  }

  reset() {
    this.to(1);
  }

  /** Close up, or back. @param {{x: number, y: number}} point */
  toggle(point) {
    this.to(this.isZoomed ? 1 : CLOSE_UP, point);
  }

  /** @param {number} scale  @param {{x: number, y: number}} [point]  of the page, that stays where it is */
  to(scale, point = this.#center) {
    const next = Math.min(Math.max(scale, 1), MAX);
    const { x, y } = this.#center;
    const grown = next / this.#scale;
    this.#x = point.x - x - (point.x - x - this.#x) * grown;
    this.#y = point.y - y - (point.y - y - this.#y) * grown;
    this.#scale = next;
    this.#show();
    this.#onZoom(next);
  }

  /** @param {number} x  px  @param {number} y */
  move(x, y) {
    this.#x += x;
    this.#y += y;
    this.#show();
  }

  get #center() {
    const { left, top, width, height } = this.#stage.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  }

  /** The picture covers the stage as far as it can: nothing is moved out of view. */
  #show() {
    const free = (size, room) => Math.max(0, (size * this.#scale - room) / 2);
    const within = (value, limit) => Math.min(Math.max(value, -limit), limit);
    this.#x = within(this.#x, free(this.#image.offsetWidth, this.#stage.clientWidth));
    this.#y = within(this.#y, free(this.#image.offsetHeight, this.#stage.clientHeight));
    this.#image.style.translate = [this.#x, this.#y].map((by) => `${by}px`).join(" ");
    this.#image.style.scale = this.#scale;
    this.#stage.classList.toggle("is-zoomed", this.isZoomed);
  }
}
