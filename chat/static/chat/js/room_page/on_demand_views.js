import { gettext } from "../lib/i18n.js";
import { loadScript } from "./load_script.js";

/**
 * @template Context, Views
 * @callback ImportViews
 * @param {Context} context
 * @returns {Promise<Views>}
 */

const IDLE_TIMEOUT_MS = 2_000;
const whenIdle = globalThis.requestIdleCallback ?? ((callback) => setTimeout(callback, IDLE_TIMEOUT_MS)); // Safari has none

/**
 * Loads the script of what is shown only when asked for: once the page is loaded and the browser idle, so that it is
 * there without a connection, or at the first use.
 * @template Context, Views
 */
export class OnDemandViews {
  #importViews;
  #context;
  #toast;
  #loading = null;
  #loaded = null;

  /**
   * @param {ImportViews<Context, Views>} importViews  imports a script, and creates its views
   * @param {Context} context  what the views need
   * @param {import("../ui/toast.js").Toast} toast
   */
  constructor(importViews, context, toast) {
    this.#importViews = importViews;
    this.#context = context;
    this.#toast = toast;
    addEventListener("load", () => whenIdle(() => this.load(), { timeout: IDLE_TIMEOUT_MS }));
  }

  /** The views, if they are loaded. @returns {?Views} */
  get loaded() {
    return this.#loaded;
  }

  /** Null if they cannot be loaded; the next call tries again. @returns {Promise<?Views>} */
  load() {
    this.#loading ??= this.#import();
    return this.#loading;
  }

  /** Calls a function with the views, or says that they cannot be loaded. @param {(views: Views) => any} action */
  async use(action) {
    const views = await this.load();
    return views ? action(views) : this.#toast.show(gettext("This could not be loaded. Try again in a moment."));
  }

  async #import() {
    this.#loaded = await loadScript(() => this.#importViews(this.#context));
    if (!this.#loaded) {
      this.#loading = null;
    }
    return this.#loaded;
  }
}
