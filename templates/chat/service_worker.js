/*
 * Keeps the shell: our styles, scripts and icons, whose names say what is in them, and the page for
 * offline. Pages always come from the server, so none is older than the last deploy, and what they
 * are made of they ask for by its new name.
 */
const deploy = {{ deploy|safe }};

const SHELL = `lobby ${deploy.version}`;
const AWAY = new Set([502, 503, 504]); // what a proxy answers when Lobby does not
const files = new Set(deploy.files);
const catalogs = new Set(Object.values(deploy.catalogs));

// --- what is kept ------------------------------------------------------------------------------

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(fill());
});

addEventListener("activate", (event) => event.waitUntil(takeOver()));

// A page says which language is read now. One that was on its way when this worker took over is still nobody's.
addEventListener("message", (event) => event.waitUntil(Promise.all([clients.claim(), keepIn(event.data.language)])));

/** All of it, and the page for offline last, or this worker is none, and another tries again. */
async function fill() {
  if (!files.size) {
    return;
  }
  const page = await fetch(deploy.offline, { cache: "reload" });
  if (!page.ok) {
    throw new Error(`${deploy.offline}: ${page.status}`);
  }
  const catalog = deploy.catalogs[page.headers.get("Content-Language")];
  const cache = await caches.open(SHELL);
  await cache.addAll(catalog ? [...files, catalog] : [...files]);
  await cache.put(deploy.offline, page);
}

async function takeOver() {
  const others = (await caches.keys()).filter((name) => name !== SHELL);
  await Promise.all(others.map((name) => caches.delete(name)));
  await registration.navigationPreload?.enable();
  await clients.claim();
}

async function keepIn(language) {
  const page = await kept(deploy.offline);
  if (page?.headers.get("Content-Language") !== language) {
    await fill().catch(() => {}); // offline, perhaps, or a newer worker is about to come
  }
}

/** Undefined too where the browser has thrown it away, or does not let us look. */
const kept = (request) => caches.match(request, { cacheName: SHELL, ignoreVary: true }).catch(() => undefined);

// --- what is answered --------------------------------------------------------------------------

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || !files.size) {
    return;
  }
  if (request.mode === "navigate" && isPage(pathname)) {
    event.respondWith(page(event));
  } else if (files.has(pathname) || catalogs.has(pathname)) {
    event.respondWith(unchanging(request));
  }
});

const isPage = (pathname) => pathname === "/" || pathname.startsWith("/chat/");

const unchanging = async (request) => (await kept(request)) ?? fetch(request);

async function page(event) {
  const answer = await current(event).catch((error) => error);
  if (answer instanceof Response && !AWAY.has(answer.status)) {
    return answer;
  }
  return (await kept(deploy.offline)) ?? (answer instanceof Response ? answer : Response.error());
}

async function current({ request, preloadResponse }) {
  const ahead = await preloadResponse;
  if (request.cache === "force-cache") {
    return fetch(request, { cache: "no-cache" }); // going back, a browser takes a page it has, however old
  }
  return ahead ?? fetch(request);
}
