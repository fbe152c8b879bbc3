import { copyText } from "./clipboard.js";

const COPIED_MS = 2_000;

/** Enables the buttons that copy what is shown once: templates/chat/secret.html. */
export const enableSecrets = () => document.querySelectorAll("[data-secret]").forEach(enableCopying);

function enableCopying(secret) {
  const text = secret.querySelector("[data-copy-text]");
  const button = secret.querySelector("[data-copy]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (await copyText(text.textContent)) {
      setCopied(secret, true);
      setTimeout(() => setCopied(secret, false), COPIED_MS);
    } else {
      getSelection().selectAllChildren(text);
    }
  });
}

function setCopied(secret, isCopied) {
  const label = secret.querySelector("[data-copied-label]");
  secret.querySelector("[data-copy-label]").hidden = isCopied;
  label.hidden = !isCopied;
  secret.querySelector("[data-copy-status]").textContent = isCopied ? label.textContent : "";
}
