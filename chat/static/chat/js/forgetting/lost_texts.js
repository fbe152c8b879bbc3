import { readStorage, writeStorage } from "../lib/storage.js";
import { copyText } from "../ui/clipboard.js";

const KEY = "lobby lost texts"; // of this tab, until they are discarded

/** Keeps what I had typed in a room that I am no longer in. @param {?string} name  @param {string[]} texts */
export function keepLost(name, texts) {
  const text = [...new Set(texts.map((it) => it.trim()).filter(Boolean))].join("\n\n");
  text && save([...lost(), { name, text }]);
}

/** Drops it: the browser is somebody else's now. */
export const dropLost = () => save([]);

/** Shows it in a dialog, room by room. A dialog that is closed otherwise comes back on the next page. */
export function showLost() {
  const [first, ...others] = lost();
  const template = document.querySelector("template[data-lost-texts]");
  if (!first || !template || document.querySelector("dialog[data-lost]")) {
    return;
  }
  const dialog = template.content.firstElementChild.cloneNode(true);
  const part = (selector) => dialog.querySelector(selector);
  part("[data-lost-room]").textContent = first.name || template.dataset.unnamed;
  part("[data-lost-text]").value = first.text;
  part("[data-lost-copy]").addEventListener("click", () => copy(part));
  part("[data-lost-discard]").addEventListener("click", () => {
    save(others);
    dialog.remove();
    showLost();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

async function copy(part) {
  const field = part("[data-lost-text]");
  const isCopied = await copyText(field.value);
  isCopied || field.select();
  part("[data-lost-status]").hidden = !isCopied;
}

const lost = () => JSON.parse(readStorage(KEY, "sessionStorage") ?? "[]");

const save = (texts) => writeStorage(KEY, texts.length ? JSON.stringify(texts) : "", "sessionStorage");
