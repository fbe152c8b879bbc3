/** Offers to reload when the server has another version of the page's files. */
export function watchForUpdates() {
  const notice = document.querySelector("[data-update-notice]");
  notice?.querySelector("[data-update-reload]").addEventListener("click", () => location.reload());
  notice?.querySelector("[data-update-dismiss]").addEventListener("click", () => (notice.hidden = true));
  navigator.serviceWorker.addEventListener("controllerchange", async () => {
    await activated(navigator.serviceWorker.controller); // then it has deleted its predecessor's files
    if (notice && (await isOutdated())) {
      notice.hidden = false;
    }
  });
}

const activated = (worker) =>
  new Promise((resolve) => {
    const check = () => worker.state === "activated" && resolve();
    worker.addEventListener("statechange", check);
    check();
  });

/** Whether the new service worker caches other files than the page has loaded. */
async function isOutdated() {
  const hasNoCache = (await caches.keys()).length === 0; // a server under DEBUG
  const assets = document.querySelectorAll("script[type=module][src], link[rel=stylesheet]");
  const cached = await Promise.all([...assets].map(({ src, href }) => caches.match(src ?? href)));
  return !hasNoCache && cached.includes(undefined);
}
