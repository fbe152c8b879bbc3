import { accountOfPage, tellAccount } from "./account_channel.js";

const CLAIM = "[data-claim]";
const LINKS = "[data-account-links]";
const READER = "[data-reader]";
const TOKEN = "[name=csrfmiddlewaretoken]";

/**
 * When the browser signs in, in another tab, makes a guest's page the page of the account, without a reload.
 * @param {import("../net/socket.js").RoomSocket} socket
 */
export function followSigningIn(socket) {
  tellAccount(async (account) => {
    const mine = accountOfPage();
    if (!account || (mine && mine !== account)) {
      return; // signed out, or somebody else: the server closes the connection
    }
    const isNew = account !== mine || isAsked();
    const isKnown = !isNew || (await showPageOf(account));
    // While the browser is asked whether it was the guest, this page is still the guest's.
    if (isKnown && !isAsked() && (isNew || !socket.isOpen)) {
      socket.restart();
    }
  });
}

const isAsked = () => document.querySelector(CLAIM).hasChildNodes();

/** Replaces what the server wrote for the guest. @returns {Promise<boolean>} whether it is for the account now */
async function showPageOf(account) {
  const page = await fetchPage();
  if (page?.body.dataset.account !== account) {
    return false;
  }
  document.body.dataset.account = account;
  document.querySelectorAll(TOKEN).forEach((field) => (field.value = page.querySelector(TOKEN).value));
  [CLAIM, LINKS].forEach((part) => document.querySelector(part).replaceChildren(...page.querySelector(part).childNodes));
  if (!page.querySelector(READER)) {
    document.querySelector(READER)?.remove();
    document.querySelector("[data-composer]").hidden = false;
  }
  return true;
}

async function fetchPage() {
  try {
    const response = await fetch(location.pathname);
    return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  } catch {
    return null; // no connection
  }
}
