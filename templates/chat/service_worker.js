/*
 * Caches the app's styles, scripts and icons, whose names contain a hash of their content, and the
 * offline page. Pages come from the server, so they are as new as the last deploy, and ask for
 * its files.
 */
const deploy = {{ deploy|safe }};

const root = new URL(registration.scope).pathname;
const CACHE_PREFIX = `lobby ${root} `; // the other caches of this origin are not ours
const CACHE = `${CACHE_PREFIX}${deploy.version}`;
const UNREACHABLE = new Set([502, 503, 504]); // a proxy's answers when the server gives none
const files = new Set(deploy.files);
const catalogs = new Set(Object.values(deploy.catalogs)); // translations, by language

// --- What is cached ----------------------------------------------------------------------------

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(fillCache());
});

addEventListener("activate", (event) => event.waitUntil(activate()));

// Each page says its language. A page that was loading when this worker took over has no worker yet: it is claimed.
addEventListener("message", (event) => {
  event.waitUntil(Promise.all([clients.claim(), cacheLanguage(event.data.language)]));
});

/** Fails unless all can be cached: then the browser does not install this worker, and tries again later. */
async function fillCache() {
  if (!files.size) {
    return;
  }
  const page = await fetch(deploy.offline, { cache: "reload" });
  if (!page.ok) {
    throw new Error(`${deploy.offline}: ${page.status}`);
  }
  const catalog = deploy.catalogs[page.headers.get("Content-Language")];
  const cache = await caches.open(CACHE);
  await cache.addAll(catalog ? [...files, catalog] : [...files]);
  await cache.put(deploy.offline, page);
}

async function activate() {
  const others = (await caches.keys()).filter((name) => isOurs(name) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
  await registration.navigationPreload?.enable();
  await clients.claim();
}

/** Until there were root paths, names were `lobby <version>`. */
const isOurs = (name) => name.startsWith(CACHE_PREFIX) || (root === "/" && /^lobby \w+$/.test(name));

async function cacheLanguage(language) {
  const page = await cached(deploy.offline);
  if (page?.headers.get("Content-Language") !== language) {
    await fillCache().catch(() => {}); // offline, perhaps, or a newer worker is about to be installed
  }
}

/** Undefined if the browser has evicted it, or denies access to the cache. */
const cached = (request) => caches.match(request, { cacheName: CACHE, ignoreVary: true }).catch(() => undefined);

// --- Notifications -----------------------------------------------------------------------------

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPage(new URL(event.notification.data?.url ?? root, location)));
});

// Each push shows something: an iPhone ends the subscription of an app that stays silent, also about what it cannot read.
addEventListener("push", (event) => event.waitUntil(showPush(contentOf(event.data))));

addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribeAgain(event)));

function contentOf(data) {
  const language = (navigator.language ?? "").split("-")[0];
  const nothing = { title: "Lobby", body: deploy.somethingNew[language] ?? deploy.somethingNew.en, tag: "new", url: root };
  try {
    const content = data.json();
    return typeof content.title === "string" ? content : nothing;
  } catch {
    return nothing; // without content, or none of ours
  }
}

async function showPush({ title, body, tag, room, url, at, badge }) {
  if (room) {
    const ofPages = (await registration.getNotifications({ tag: room })) ?? []; // of a page in another room, which says less
    ofPages.forEach((notification) => notification.close());
  }
  const shown = { body, tag, timestamp: at, icon: deploy.icon, data: { url } };
  await Promise.all([registration.showNotification(title, shown), showBadge(badge)]);
}

/** Not all browsers have badges, and none shows an error of theirs. */
async function showBadge(count) {
  if (Number.isInteger(count)) {
    await (count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.())?.catch(() => {});
  }
}

/** The browser or its push service has ended a subscription. The next visit would mend that, too. */
async function subscribeAgain({ oldSubscription, newSubscription }) {
  const answer = await fetch(`${root}push/key`);
  const { key, csrf } = await answer.json();
  const subscription = newSubscription ?? (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  const { endpoint, keys } = subscription.toJSON();
  const fields = { endpoint, ...keys, former: oldSubscription?.endpoint ?? "", csrfmiddlewaretoken: csrf };
  await fetch(`${root}push/devices`, { method: "POST", body: new URLSearchParams(fields) });
}

/** Focuses the page of that room, if one is open. */
async function openPage(url) {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((it) => new URL(it.url).pathname === url.pathname);
  if (page) {
    page.postMessage({ hash: url.hash });
    return page.focus();
  }
  return clients.openWindow(url);
}

// --- What is answered --------------------------------------------------------------------------

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || !files.size) {
    return;
  }
  if (request.mode === "navigate" && isPage(pathname)) {
    event.respondWith(pageOrOffline(event));
  } else if (files.has(pathname) || catalogs.has(pathname)) {
    event.respondWith(cacheFirst(request));
  }
});

const isPage = (pathname) => pathname === root || pathname.startsWith(`${root}chat/`);

const cacheFirst = async (request) => (await cached(request)) ?? fetch(request);

async function pageOrOffline(event) {
  const response = await fetchPage(event).catch((error) => error);
  if (response instanceof Response && !UNREACHABLE.has(response.status)) {
    return response;
  }
  return (await cached(deploy.offline)) ?? (response instanceof Response ? response : Response.error());
}

async function fetchPage({ request, preloadResponse }) {
  const preloaded = await preloadResponse;
  if (request.cache === "force-cache") {
    return fetch(request, { cache: "no-cache" }); // for the back button a browser takes a cached page, however old
  }
  return preloaded ?? fetch(request);
}
