// Entry point of the page of somebody who has knocked at a room: loads it again when that is decided.
const POLL_MS = 3_000;

const { knock: url } = document.querySelector("[data-knock]").dataset;

async function poll() {
  const response = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  const isWaiting = !response?.ok || (await response.json()).state === "knocked";
  isWaiting ? setTimeout(poll, POLL_MS) : location.reload();
}

setTimeout(poll, POLL_MS);
