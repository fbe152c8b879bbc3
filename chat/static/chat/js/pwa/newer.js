/** Says that the server has a newer Lobby than this page is, and leaves it to the person when to get it. */
export function watchForNewer() {
  const notice = document.querySelector("[data-newer-version]");
  notice?.querySelector("[data-newer-version-reload]").addEventListener("click", () => location.reload());
  notice?.querySelector("[data-newer-version-dismiss]").addEventListener("click", () => (notice.hidden = true));
  navigator.serviceWorker.addEventListener("controllerchange", async () => {
    await activated(navigator.serviceWorker.controller); // what the last one kept is gone then
    if (notice && (await isOutdated())) {
      notice.hidden = false;
    }
  });
}

const activated = (worker) =>
  new Promise((done) => {
    const look = () => worker.state === "activated" && done();
    worker.addEventListener("statechange", look);
    look();
  });

/** A worker took over that does not keep what this page is made of: the deploy has other files. */
async function isOutdated() {
  const keepsNothing = (await caches.keys()).length === 0; // a server under DEBUG: nobody knows
  const parts = document.querySelectorAll("script[type=module][src], link[rel=stylesheet]");
  const kept = await Promise.all([...parts].map(({ src, href }) => caches.match(src ?? href)));
  return !keepsNothing && kept.includes(undefined);
}
