// Keeps one whole build of the page for being offline. Written by `cargo xtask build`: the two lines below change.
//
// Pages and workers of different builds must not meet. So a build is fetched as a whole, each file held to its hash, and
// kept beside the one in use; it takes over when no page of the other is open, or when the only one asks for it. Nothing
// of a page that is under control comes from the host but what is not of the build.
'use strict';
const BUILD = '{{build}}';
const FILES = {};

/** Files that are kept once they were asked for. */
const ON_USE = /^(demo\/|viewer\.html$)/;

// All pages of a host share its caches: the name says whose it is.
const OWN = `lanescope ${registration.scope} `;
const CACHE = OWN + BUILD;

const address = (name) => new URL(name, registration.scope).href;

/** Fetches a file of this build, and keeps it. Another build's is refused: the host has changed under way. */
async function fetched(cache, name) {
  const response = await fetch(address(name), { cache: 'no-cache', credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  const bytes = await response.arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  if (btoa(String.fromCharCode(...hash)) !== FILES[name]) throw new Error(`${name} is of another build`);
  const headers = new Headers(response.headers);
  // What is kept is unpacked.
  for (const gone of ['content-encoding', 'content-length']) headers.delete(gone);
  const whole = new Response(bytes, { headers });
  await cache.put(address(name), whole.clone());
  return whole;
}

addEventListener('install', (event) => {
  const all = async () => {
    const cache = await caches.open(CACHE);
    const names = Object.keys(FILES).filter((name) => !ON_USE.test(name));
    await Promise.all(names.map((name) => fetched(cache, name)));
  };
  event.waitUntil(all());
});

addEventListener('activate', (event) => {
  const tidy = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(OWN) && name !== CACHE).map((name) => caches.delete(name)));
  };
  event.waitUntil(tidy());
});

addEventListener('message', (event) => {
  if (event.data !== 'take over') return;
  const take = async () => {
    const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true });
    const own = pages.filter((page) => page.url.startsWith(registration.scope));
    event.ports[0]?.postMessage(own.length > 1 ? 'others' : 'alone');
    if (own.length <= 1) await skipWaiting();
  };
  event.waitUntil(take());
});

/** The name of the build's file at an address, if it is one. */
function named(url) {
  const { origin, pathname } = new URL(url);
  const whole = origin + pathname;
  if (!whole.startsWith(registration.scope)) return null;
  const name = whole.slice(registration.scope.length) || 'index.html';
  return Object.hasOwn(FILES, name) ? name : null;
}

addEventListener('fetch', (event) => {
  const { request } = event;
  const name = request.method === 'GET' ? named(request.url) : null;
  if (name === null) return;
  const answer = async () => {
    const cache = await caches.open(CACHE);
    return (await cache.match(address(name))) ?? (await fetched(cache, name).catch(() => Response.error()));
  };
  event.respondWith(answer());
});
