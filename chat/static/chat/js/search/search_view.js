import { isComposing } from "../keyboard/keyboard.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { setText } from "../ui/dom.js";
import { completionsOf } from "./query/completions.js";
import { DateChoice } from "./date_choice.js";
import { nothingFound } from "./nothing_found.js";
import { OptionsView } from "./options_view.js";
import { filterOf } from "./query/query_tokens.js";
import { SearchField } from "./search_field.js";
import { findDay, searchMessages } from "./search_api.js";

const TYPING_MS = 200; // after the last key, before the server is asked
const EMPTY_PAGES = 5; // asked for without being told to, as long as nothing is found

/**
 * @typedef {{query: string, scope: "room"|"all", index: number}} SearchState  `index`: of the active result
 *
 * A search: the field, what completes it, and what it finds. In the panel of a room, and on the page.
 */
export class SearchView {
  #root;
  #room;
  #listeners;
  #field;
  #options;
  #dates;
  #status;
  #nothing;
  #more;
  #scope;
  #timer = 0;
  #completing = 0;
  #asking = null; // what was asked last: its query, and what ends the request
  #before = null; // where the next page begins

  /**
   * @param {HTMLElement} root
   * @param {?string} room  the address of the room that can be searched alone
   * @param {object} listeners
   * @param {(result: import("./search_api.js").Result, event: Event) => void} listeners.onResult  one was chosen
   * @param {(state: SearchState) => void} listeners.onSearch
   * @param {(seq: number) => void} listeners.onDay  the first message of a day was found
   * @param {() => void} listeners.onEscape
   */
  constructor(root, room, listeners) {
    const find = (name) => root.querySelector(`[data-search-${name}]`);
    this.#root = root;
    this.#room = room;
    this.#listeners = listeners;
    this.#field = new SearchField(root, () => this.#onChange());
    this.#options = new OptionsView(find("list"), this.#field.input, listeners);
    this.#dates = new DateChoice(root, { onFilter: (operator, day) => this.#addDay(operator, day), onJump: (day) => this.#jumpTo(day) });
    [this.#status, this.#nothing, this.#more, this.#scope] = ["status", "nothing", "more", "scope"].map(find);
    this.#more.addEventListener("click", () => this.#showMore());
    new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && this.#showMore()).observe(this.#more);
    this.#field.input.addEventListener("keydown", (event) => isComposing(event) || this.#onKeyDown(event));
    this.#field.input.addEventListener("focus", () => this.#complete());
    find("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#enter();
    });
    if (this.#scope) {
      this.#scope.hidden = false;
      this.#scope.addEventListener("change", () => this.#search());
    }
    document.activeElement === this.#field.input && this.#onChange(); // for what was typed while this was loaded
  }

  /** @returns {SearchState} */
  get state() {
    return { query: this.#field.query, scope: this.#isInRoom ? "room" : "all", index: this.#options.activeResult };
  }

  /** Shows a search as it was. @param {SearchState} state */
  async restore({ query, scope, index }) {
    const { query: shown, scope: shownScope } = this.state;
    this.#setScope(scope);
    if (query !== shown || scope !== shownScope) {
      await this.start(query);
    }
    while (index >= this.#options.resultCount && this.#before !== null && (await this.#showMore()));
    this.#options.activateResult(index);
  }

  /** @param {string} query */
  start(query) {
    this.#field.query = query;
    this.#complete();
    return this.#search();
  }

  /** What is in the field can be replaced, or gone on with, where somebody is typing. */
  focus() {
    const { input } = this.#field;
    if (document.activeElement !== input) {
      input.focus();
      input.select();
    }
  }

  get #isInRoom() {
    return this.#room !== null && this.#scope?.querySelector(":checked").value === "room";
  }

  #setScope(scope) {
    const choice = this.#scope?.querySelector(`[value=${scope}]`);
    choice && (choice.checked = true);
  }

  #onChange() {
    this.#complete();
    clearTimeout(this.#timer);
    if (this.#isAsked) {
      return;
    }
    this.#timer = setTimeout(() => this.#search(), TYPING_MS);
  }

  get #isAsked() {
    const { query, scope } = this.state;
    return this.#asking?.query === query && this.#asking.scope === scope;
  }

  // --- Completions -----------------------------------------------------------------------------

  async #complete() {
    this.#completing += 1;
    const turn = this.#completing;
    const { text } = this.#field.word;
    const isAlone = !this.#field.input.value && !this.#field.filters.length;
    filterOf(text) && (await new Promise((done) => setTimeout(done, TYPING_MS)));
    const completions = turn === this.#completing ? await completionsOf(text, isAlone, this.#isInRoom ? this.#room : null) : [];
    if (turn === this.#completing) {
      const options = completions.map((it) => ({ ...it, choose: () => this.#choose(it) }));
      this.#options.showCompletions(options, gettext("Filters"));
    }
  }

  #choose({ filter, text, day }) {
    if (text) {
      this.#field.replaceWord(text);
    } else if (day) {
      this.#field.replaceWord("");
      this.#dates.openFor(day);
    } else {
      this.#field.dropTyped();
      this.#field.add(filter);
    }
  }

  #addDay(operator, value) {
    this.#field.dropTyped();
    this.#field.add({ operator, value, isNegated: false });
    this.#field.input.focus();
  }

  async #jumpTo(day) {
    const { seq, error } = await findDay(this.#room, day);
    if (seq) {
      this.#listeners.onDay(seq);
    } else {
      setText(this.#status, error ?? gettext("There is no message of this day, or after it."));
    }
  }

  // --- Results ---------------------------------------------------------------------------------

  async #search() {
    clearTimeout(this.#timer);
    const { query, scope } = this.state;
    this.#asking?.abort.abort();
    this.#asking = { query, scope, abort: new AbortController() };
    this.#before = null;
    this.#listeners.onSearch(this.state);
    if (!query) {
      this.#clear("");
      return;
    }
    await this.#load((results) => this.#options.showResults(results, { showsRooms: scope === "all" }));
  }

  /** @returns {Promise<boolean>} whether there was more */
  async #showMore() {
    const asking = this.#asking;
    if (this.#before === null) {
      return false;
    }
    asking.more ??= this.#load((results) => this.#options.addResults(results)).finally(() => (asking.more = null));
    return await asking.more;
  }

  /** Loads a page, and further ones as long as they are empty. Stale answers are dropped. */
  async #load(show) {
    const asking = this.#asking;
    asking.isLoading = true;
    this.#root.ariaBusy = "true";
    for (let pages = 0; pages < EMPTY_PAGES; pages += 1) {
      const page = await searchMessages({ q: asking.query, room: this.#isInRoom ? this.#room : null, before: this.#before }, asking.abort.signal);
      if (asking !== this.#asking) {
        return false;
      }
      if (page.error) {
        this.#end(asking);
        this.#fail(page.error);
        return false;
      }
      this.#before = page.more ? page.before : null;
      if (pages === 0 || page.results.length) {
        show(page.results);
      }
      if (page.results.length || !page.more) {
        break;
      }
    }
    this.#end(asking);
    this.#showState();
    return true;
  }

  #end(asking) {
    asking.isLoading = false;
    this.#root.ariaBusy = "false";
  }

  #fail(error) {
    if (this.#before === null) {
      this.#clear(error);
      this.#asking = null; // the same may be asked again
    } else {
      setText(this.#status, error);
    }
  }

  #clear(status) {
    this.#before = null;
    this.#options.showResults([], { showsRooms: false });
    this.#showMoreButton();
    this.#nothing.hidden = true;
    setText(this.#status, status);
  }

  #showState() {
    const count = this.#options.resultCount;
    const isNothing = count === 0 && this.#before === null;
    setText(this.#status, this.#statusOf(count));
    this.#nothing.hidden = !isNothing;
    if (isNothing) {
      this.#nothing.replaceChildren(...nothingFound(this.#field, this.#isInRoom, () => this.#searchAll()));
    }
    this.#showMoreButton();
  }

  #statusOf(count) {
    if (count === 0) {
      return this.#before === null ? gettext("Nothing found") : gettext("Nothing found so far");
    }
    return this.#before === null
      ? ngettext("%(count)s message", "%(count)s messages", count)
      : ngettext("%(count)s message, and perhaps older ones", "%(count)s messages, and perhaps older ones", count);
  }

  #showMoreButton() {
    const hadFocus = document.activeElement === this.#more;
    this.#more.hidden = true; // seen anew where it is still in view
    if (this.#before !== null) {
      requestAnimationFrame(() => (this.#more.hidden = this.#before === null));
    } else if (hadFocus) {
      this.#field.input.focus();
    }
  }

  #searchAll() {
    this.#setScope("all");
    this.#field.input.focus();
    this.#search();
  }

  // --- Keys ------------------------------------------------------------------------------------

  #onKeyDown(event) {
    const { key, shiftKey, ctrlKey, altKey, metaKey } = event;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (shiftKey || ctrlKey || altKey || metaKey) {
      return;
    }
    if (step) {
      this.#step(step);
    } else if (key === "Enter") {
      this.#enter();
    } else if (key === "Tab" && filterOf(this.#field.word.text) && this.#options.completion) {
      this.#options.completion.click();
    } else if (key === "Escape") {
      this.#escape();
    } else {
      return;
    }
    event.preventDefault();
  }

  /** Goes on from the last result with older ones. */
  async #step(by) {
    const { active } = this.#options;
    if (!this.#options.step(by) && by > 0 && this.#before !== null) {
      this.#options.activate(active);
      (await this.#showMore()) && this.#options.active === active && this.#options.step(by);
    }
  }

  #enter() {
    const { active, firstResult } = this.#options;
    const isNamed = /^-?(from|in):./iu.test(this.#field.word.text);
    if (active) {
      active.click();
    } else if (isNamed && this.#options.completion) {
      this.#options.completion.click();
    } else if (this.#field.takeTyped(true) || !this.#isAsked) {
      this.#complete();
      this.#search();
    } else if (!this.#asking.isLoading) {
      firstResult?.click();
    }
  }

  #escape() {
    if (this.#options.active) {
      this.#options.activate(null);
    } else {
      this.#listeners.onEscape();
    }
  }
}
